/* A converted network in the page: the runtime and the model are loaded on a click, pictures stay
   in the browser. The runtime is LiteRT.js from the vendor folder. */
import { Unusable, element, fetched, megabytes } from "./parts.js";

const HERE = new URL(".", import.meta.url);
const NO_RUNTIME = "The runtime is not part of this copy of the book, so nothing can be run here.";
const PEN = 30;

/* ---- the runtime -------------------------------------------------------------------------- */

/** LiteRT.js as a module. It names a second package, which a page without a bundler cannot find. */
async function library() {
  const response = await fetch(new URL("vendor/litert/dist/index.js", HERE));
  if (!response.ok) throw new Unusable(NO_RUNTIME);
  const helper = new URL("vendor/litert-utils/dist/index.js", HERE).href;
  const source = (await response.text()).replace('"@litertjs/wasm-utils"', JSON.stringify(helper));
  return import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}

let runtime = null;

async function started(tell) {
  if (runtime) return runtime;
  const litert = await library();
  const folder = new URL("vendor/litert/wasm/", HERE);
  const name = (await litert.supportsFeature("relaxedSimd"))
    ? "litert_wasm_internal" : "litert_wasm_compat_internal";
  await fetched(new URL(`${name}.wasm`, folder), NO_RUNTIME, (size, total) => {
    tell(`Loading the runtime: ${megabytes(size, total)}`);
  });
  await litert.loadLiteRt(new URL(`${name}.js`, folder).href);
  runtime = litert;
  return runtime;
}

/* ---- a model ------------------------------------------------------------------------------ */

/** Compiles a file and looks at what it takes and gives. */
async function compiled(litert, bytes) {
  if (new TextDecoder("latin1").decode(bytes.slice(4, 8)) !== "TFL3") {
    throw new Unusable("This is no TensorFlow Lite file: choose one that ends in .tflite.");
  }
  let model, given, gives;
  try {
    model = await litert.loadAndCompile(bytes, { accelerator: "wasm" });
    [given] = model.getInputDetails();
    [gives] = model.getOutputDetails();
  } catch {
    throw new Unusable(
      "The runtime cannot read this file. Convert it with a fixed batch of 1 and float32 or uint8 "
      + "ends; int8 ends it does not know.",
    );
  }
  const trouble = fault(given, gives);
  if (trouble) throw new Unusable(trouble);
  const [, height, width, channels] = given.shape;
  return { litert, model, height, width, channels, dtype: given.dtype, gives: gives.dtype };
}

/** Why a network with this input and this output cannot be asked here; empty if it can. */
export function fault(given, gives) {
  const [batch, height, width, channels] = given.shape;
  if (given.shape.length !== 4 || batch !== 1 || height < 1 || width < 1 || ![1, 3].includes(channels)) {
    return `The input of this file has the shape (${[...given.shape].join(", ")}); one picture, `
      + "(1, height, width, 3), is needed.";
  }
  if (![given, gives].every((end) => ["float32", "uint8"].includes(end.dtype))) {
    return `This file has ${given.dtype} ends: convert it with float32 or uint8 ones.`;
  }
  return "";
}

/** The numbers that the network wants of pixels with red, green, blue and opacity: -1..1, or the
    pixels themselves for uint8. */
export function numbers(network, pixels) {
  const { height, width, channels } = network;
  const Kind = network.dtype === "uint8" ? Uint8Array : Float32Array;
  const found = new Kind(height * width * channels);
  for (let place = 0; place < height * width; place += 1) {
    const [r, g, b] = pixels.subarray(4 * place, 4 * place + 3);
    const values = channels === 3 ? [r, g, b] : [0.299 * r + 0.587 * g + 0.114 * b];
    values.forEach((value, channel) => {
      found[place * channels + channel] = network.dtype === "uint8" ? value : value / 127.5 - 1;
    });
  }
  return found;
}

/** The numbers of the classes with the highest probabilities, the highest first. */
export function likeliest(probabilities, count) {
  return [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, count);
}

/** Probabilities, and the milliseconds they took. */
async function answered(network, canvas) {
  const { litert, model, height, width, channels } = network;
  const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const input = new litert.Tensor(numbers(network, pixels), [1, height, width, channels]);
  const began = performance.now();
  const [output] = await model.run(input);
  const raw = await output.data();
  const found = Array.from(raw, (value) => (network.gives === "uint8" ? value / 256 : value));
  const milliseconds = performance.now() - began;
  input.delete();
  output.delete();
  return { found, milliseconds };
}

/* ---- the page ----------------------------------------------------------------------------- */

export function startRun(place) {
  const status = element("p", { class: "mnv2-status", role: "status" });
  const alarm = element("p", { class: "mnv2-alarm", role: "alert" });
  const load = element("button", { type: "button" }, "Load the network");
  const ownFile = element("input", { type: "file", accept: ".tflite", id: "mnv2-model" });
  const names = element("textarea", { id: "mnv2-names", rows: "3", cols: "24" });
  const picture = element("input", { type: "file", accept: "image/*", id: "mnv2-picture" });
  const sample = element("button", { type: "button" }, "Next digit");
  const clear = element("button", { type: "button" }, "Clear");
  const board = element("canvas", {
    width: "256", height: "256", class: "mnv2-board", role: "img",
    "aria-label": "A board to draw a digit on with mouse or finger",
  });
  const seen = element("canvas", {
    width: "32", height: "32", class: "mnv2-seen", role: "img",
    "aria-label": "The picture as the network gets it",
  });
  const answer = element("ol", { class: "mnv2-answer", "aria-live": "polite", "aria-label": "The five likeliest classes" });
  const label = (id, text) => element("label", { for: id }, text);
  const use = element("div", { class: "mnv2-use" },
    element("div", {}, board, element("p", {}, clear, " ", sample),
      element("p", {}, label("mnv2-picture", "A picture of yours: "), picture)),
    element("div", {}, element("p", {}, "What the network gets:"), seen, answer));
  use.hidden = true;
  place.replaceChildren(
    element("p", {}, load),
    element("details", {}, element("summary", {}, "Another network: a file of yours"),
      element("p", {}, label("mnv2-model", "File: "), ownFile),
      element("p", {}, label("mnv2-names", "Names of its classes, one a line: "), element("br"), names)),
    status, alarm, use,
  );

  let network = null, facts = null, next = 0, through = 0;

  async function attempt(step) {
    alarm.textContent = "";
    try {
      await step();
    } catch (error) {
      status.textContent = "";
      alarm.textContent = error instanceof Unusable
        ? error.message : `The network could not be run: ${error.message || error}`;
    }
  }

  async function prepare(bytes, own) {
    const found = await compiled(await started((text) => { status.textContent = text; }), bytes);
    network?.model.delete();
    network = found;
    [seen.width, seen.height] = [network.width, network.height];
    through = own ? 0 : 8;
    use.hidden = false;
    sample.hidden = own;
    answer.replaceChildren();
    wipe();
    status.textContent = `Ready: pictures of ${network.width} x ${network.height} pixels, `
      + `${network.channels === 1 ? "grey" : "in colour"}.`;
  }

  function wipe() {
    const pen = board.getContext("2d");
    pen.fillStyle = "black";
    pen.fillRect(0, 0, board.width, board.height);
  }

  /** Draws a source onto the small canvas, cut to a square, and asks the network. */
  async function look(source, width, height) {
    const pen = seen.getContext("2d", { willReadFrequently: true });
    const side = Math.min(width, height);
    const cut = [(width - side) / 2, (height - side) / 2, side, side];
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.fillStyle = "black"; // behind a picture that one can see through
    pen.fillRect(0, 0, seen.width, seen.height);
    if (width === seen.width && height === seen.height) {
      pen.drawImage(source, 0, 0); // no resampling: these very pixels
    } else if (through && source === board) {
      // The digits of the training were 8 pixels wide and enlarged without smoothing.
      const small = element("canvas", { width: through, height: through });
      const middle = small.getContext("2d");
      middle.imageSmoothingQuality = "high";
      middle.drawImage(source, ...cut, 0, 0, through, through);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(small, 0, 0, seen.width, seen.height);
    } else {
      pen.drawImage(source, ...cut, 0, 0, seen.width, seen.height);
    }
    show(await answered(network, seen));
  }

  function show({ found, milliseconds }) {
    const lines = names.value.split("\n").map((line) => line.trim()).filter(Boolean);
    const called = sample.hidden ? lines : facts.names;
    answer.replaceChildren(...likeliest(found, 5).map((n) => element("li", { "data-class": n, "data-p": found[n] },
      element("span", {}, called[n] || `class ${n}`),
      element("meter", { min: 0, max: 1, value: found[n], "aria-hidden": "true" }),
      element("span", {}, found[n].toFixed(3)))));
    status.textContent = `Answered in ${milliseconds.toFixed(1)} ms.`;
  }

  load.addEventListener("click", async () => {
    load.disabled = true;
    await attempt(loadOurs);
    load.disabled = false;
  });

  async function loadOurs() {
    const response = await fetch(new URL("made/digits.json", HERE));
    if (!response.ok) throw new Unusable("The network is not part of this copy of the book.");
    facts = await response.json();
    const bytes = await fetched(new URL("made/digits.tflite", HERE), NO_RUNTIME, () => {
      status.textContent = "Loading the network";
    });
    await prepare(bytes, false);
    const right = Math.round(100 * facts.right);
    status.textContent += ` It reads ${right} of 100 digits that it did not learn from.`;
  }

  ownFile.addEventListener("change", () => attempt(async () => {
    if (!ownFile.files.length) return;
    const [file] = ownFile.files;
    ownFile.value = ""; // the same name may be chosen again
    await prepare(new Uint8Array(await file.arrayBuffer()), true);
  }));

  picture.addEventListener("change", () => attempt(async () => {
    if (!picture.files.length) return;
    const [file] = picture.files;
    picture.value = "";
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      throw new Unusable("This file is no picture that the browser can read.");
    }
    await look(bitmap, bitmap.width, bitmap.height);
  }));

  sample.addEventListener("click", () => attempt(async () => {
    const rows = facts.samples[next % facts.samples.length];
    next += 1;
    const pen = board.getContext("2d");
    const size = board.width / rows.length;
    rows.forEach((row, y) => row.forEach((value, x) => {
      const grey = Math.round((value * 255) / 16);
      pen.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
      pen.fillRect(x * size, y * size, size, size);
    }));
    await look(board, board.width, board.height);
  }));

  clear.addEventListener("click", () => { wipe(); answer.replaceChildren(); });

  let last = null;
  const at = (event) => {
    const box = board.getBoundingClientRect();
    const scale = board.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  board.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    board.setPointerCapture(event.pointerId);
    last = at(event);
  });
  board.addEventListener("pointermove", (event) => {
    if (!last) return;
    const pen = board.getContext("2d");
    const now = at(event);
    Object.assign(pen, { strokeStyle: "white", lineWidth: PEN, lineCap: "round" });
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...now);
    pen.stroke();
    last = now;
  });
  const lift = () => {
    if (!last) return;
    last = null;
    attempt(() => look(board, board.width, board.height));
  };
  board.addEventListener("pointerup", lift);
  board.addEventListener("pointercancel", lift);
}
