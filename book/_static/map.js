/* The map of the network: a row of boxes to choose from, and what is inside the chosen one. */
import { element } from "./parts.js";

const SIZE = ([height, width, channels]) => `${height} x ${width} x ${channels}`;
const COUNT = new Intl.NumberFormat("en");
const MOST_MACS = 30e6;
const STEPS = {
  out: "What comes out",
  expanded: "After the 1x1 expansion",
  filtered: "The same channels after the 3x3 filter",
  projected: "After the 1x1 projection",
};

export async function startMap(place) {
  const address = new URL(place.dataset.from, import.meta.url);
  const response = await fetch(address);
  if (!response.ok) {
    place.append(element("p", { class: "mnv2-alarm" }, "The numbers of the map are not part of this copy of the book."));
    return;
  }
  const facts = await response.json();
  const state = { box: facts.boxes[4], photo: Object.keys(facts.photos)[0] };
  const panel = element("div", { class: "mnv2-part" });
  const show = () => panel.replaceChildren(...described(facts, state, address, (photo) => {
    state.photo = photo;
    show();
    panel.querySelector(`input[value="${photo}"]`).focus();
  }));
  // A live region speaks when its text changes, not when it comes into the page with its text.
  const spoken = element("p", { class: "mnv2-name", role: "status" });
  const choose = () => {
    show();
    spoken.textContent = sentence(state.box);
  };
  place.append(drawn(facts.boxes, state, choose), panel, spoken);
  show();
}

/* ---- the row of boxes --------------------------------------------------------------------- */

/** Native radio buttons: arrow keys walk through the network. */
function drawn(boxes, state, show) {
  const line = element("div", { class: "mnv2-boxes" });
  boxes.forEach((box) => {
    const input = element("input", { type: "radio", name: "mnv2-box", value: box.name });
    input.checked = box === state.box;
    input.addEventListener("change", () => {
      state.box = box;
      show();
    });
    const [height, , channels] = box.after;
    const shape = element("span", { class: box.adds ? "mnv2-box mnv2-adds" : "mnv2-box" });
    shape.style.height = `${10 + 10 * Math.sqrt(height)}px`;
    shape.style.width = `${4 * Math.log2(channels)}px`;
    const share = 12 + 80 * Math.min(1, box.macs / MOST_MACS);
    shape.style.background = `color-mix(in srgb, #0072b2 ${share}%, transparent)`;
    const name = element("span", { class: "mnv2-name" }, box.title);
    const short = element("span", { class: "mnv2-number", "aria-hidden": "true" },
      box.name.startsWith("block") ? box.name.slice(6) : box.title.slice(0, 1));
    line.append(element("label", { title: box.title }, input, shape, short, name));
  });
  return element("fieldset", { class: "mnv2-row" },
    element("legend", {}, "The network from the picture to the answer: choose a part"), line);
}

/* ---- the chosen part ---------------------------------------------------------------------- */

function described(facts, { box, photo }, address, choose) {
  const parts = [
    element("h2", {}, box.stage ? `${box.title}: ${box.stage}` : box.title),
    element("p", {}, sentence(box)),
    layerTable(box),
  ];
  if (box.steps) parts.push(photoChoice(facts.photos, photo, address, choose), maps(facts, box, photo, address));
  return parts;
}

/** What goes in and out of a part, what it costs, and why it has a shortcut or none. */
export function sentence(box) {
  const sizes = `${SIZE(box.before)} numbers come in, ${SIZE(box.after)} go out. `;
  const costs = `${COUNT.format(box.parameters)} parameters, ${COUNT.format(box.macs)} multiply-adds. `;
  if (!box.name.startsWith("block")) return sizes + costs;
  if (box.adds) return `${sizes}${costs}Its input is added to its output: the stride is 1 and the channels match.`;
  const reasons = [];
  if (box.stride !== 1) reasons.push(`the stride is ${box.stride}`);
  if (box.before[2] !== box.after[2]) reasons.push(`${box.before[2]} channels do not match ${box.after[2]}`);
  return `${sizes}${costs}It has no shortcut: ${reasons.join(", and ")}.`;
}

function layerTable(box) {
  const heads = ["layer", "in", "out", "weights", "batch norm", "MACs"];
  const cells = (layer) => [
    SIZE(layer.before), SIZE(layer.after),
    ...[layer.weights, layer.norm, layer.macs].map((count) => COUNT.format(count)),
  ];
  return element("div", { class: "mnv2-layers", tabindex: "0", role: "region", "aria-label": "Layers of this part" },
    element("table", {},
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...box.layers.map((layer) => element("tr", {},
        element("th", { scope: "row" }, layer.name),
        ...cells(layer).map((text) => element("td", {}, text)))))));
}

function photoChoice(photos, chosen, address, choose) {
  const choices = Object.entries(photos).map(([name, says]) => {
    const input = element("input", { type: "radio", name: "mnv2-photo", value: name });
    input.checked = name === chosen;
    input.addEventListener("change", () => choose(name));
    const picture = element("img", {
      src: new URL(`photo-${name}.png`, address).href, alt: "", width: 56, height: 56,
    });
    return element("label", {}, input, " ", picture, " ", says);
  });
  return element("fieldset", { class: "mnv2-photos" }, element("legend", {}, "On a photo of"), ...choices);
}

/** Tiles of one picture: a row for each step, with the kernels between before and after. */
function maps(facts, box, photo, address) {
  const picture = new URL(`${box.name.replace(" ", "-")}-${photo}.png`, address).href;
  const steps = Object.entries(box.steps);
  const figure = element("figure", { class: "mnv2-maps" });
  const colours = box.kernels?.[0][0][0].length === 3; // those of the stem look at three channels
  const kernels = () => row(
    colours ? "3x3 kernels, as colours: what each adds of red, green and blue; grey is nothing"
      : "3x3 kernels of these channels: orange adds, blue subtracts",
    box.kernels.map((kernel, n) => kernelTile(kernel, steps[0][1][n])));
  if (box.kernels && steps[0][0] !== "expanded") figure.append(...kernels());
  steps.forEach(([step, channels], index) => {
    const layers = box.layers.filter((layer) => layer.after[2] > Math.max(...channels));
    const count = step === "projected" ? box.after[2] : layers.at(step === "expanded" ? 0 : -1)?.after[2];
    const white = box.reaches[step];
    const scale = step === "projected" ? `grey is 0, white ${white}, black -${white}` : `black is 0, white ${white}`;
    figure.append(...row(`${STEPS[step]}: ${channels.length} of ${count ?? box.after[2]} channels; ${scale}`,
      channels.map((channel, column) => tile(picture, index, steps.length, column, channels.length,
        `Channel ${channel} on ${facts.photos[photo]}`))));
    if (step === "expanded") figure.append(...kernels());
  });
  return figure;
}

function row(says, tiles) {
  return [element("p", {}, says), element("div", { class: "mnv2-tiles" }, ...tiles)];
}

function tile(picture, index, rows, column, columns, says) {
  const made = element("div", { role: "img", "aria-label": says, title: says });
  made.style.backgroundImage = `url("${picture}")`;
  made.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  made.style.backgroundPosition = `${(100 * column) / (columns - 1)}% ${rows > 1 ? (100 * index) / (rows - 1) : 0}%`;
  return made;
}

function kernelTile(kernel, channel) {
  const flat = kernel.flat().map((value) => [value].flat());
  const most = Math.max(...flat.flat().map(Math.abs)) || 1;
  const says = `Kernel of channel ${channel}: ${kernel.map((line) => line.map(
    (value) => [value].flat().map((v) => v.toFixed(1)).join("/")).join(" ")).join(", ")}`;
  const made = element("div", { role: "img", "aria-label": says, title: says, class: "mnv2-kernel" });
  for (const values of flat) {
    const cell = element("span");
    cell.style.background = values.length === 3
      ? `rgb(${values.map((v) => Math.round(128 + (127 * v) / most)).join(" ")})`
      : `color-mix(in srgb, ${values[0] > 0 ? "#d55e00" : "#0072b2"} ${(100 * Math.abs(values[0])) / most}%, white)`;
    made.append(cell);
  }
  return made;
}
