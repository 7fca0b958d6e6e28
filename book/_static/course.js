/* Brings to life what the notebooks stored: figures with sliders, choices or steps, and questions.
   Plain JavaScript, no library. Without it the first picture and the folded answers stand. */
"use strict";

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/* ---- figures ------------------------------------------------------------------------------ */

function startFigure(figure) {
  const controls = JSON.parse(figure.dataset.controls);
  const frames = [...figure.querySelectorAll(".mnv2-frame")];
  const at = controls.map((control) => control.start);
  const says = element("p", { class: "mnv2-readout", "aria-live": "polite" });
  let shown = frames.find((frame) => !frame.hidden);

  function show() {
    shown.hidden = true;
    shown = frames[frameIndex(controls, at)];
    const waiting = shown.querySelector("template"); // a picture that nobody has asked for yet
    if (waiting) waiting.replaceWith(waiting.content);
    shown.hidden = false;
    says.textContent = shown.querySelector(".mnv2-says").textContent;
  }

  const panel = element("div", { class: "mnv2-controls" });
  const adders = { steps: addSteps, choice: addChoice, slider: addSlider };
  controls.forEach((control, n) => panel.append(adders[control.kind](figure, control, n, at, show)));
  figure.prepend(panel);
  figure.querySelector("figcaption").before(says);
  figure.classList.add("mnv2-alive");
  show();
}

/** Frames are stored in the order of nested loops, the last control fastest. */
function frameIndex(controls, at) {
  return controls.reduce((sum, control, n) => sum * control.values.length + at[n], 0);
}

function addChoice(figure, control, n, at, show) {
  const id = `${figure.id}-control-${n}`;
  const label = element("span", { id }, control.label);
  const options = element("span", { class: "mnv2-options" });
  control.values.forEach((value, i) => {
    const input = element("input", { type: "radio", name: id });
    input.checked = i === at[n];
    input.addEventListener("change", () => { at[n] = i; show(); });
    options.append(element("label", {}, input, value));
  });
  return element(
    "div", { class: "mnv2-control mnv2-choice", role: "radiogroup", "aria-labelledby": id }, label, options,
  );
}

function addSlider(figure, control, n, at, show) {
  const id = `${figure.id}-control-${n}`;
  const value = element("output", { for: id });
  const slider = element("input", {
    id, type: "range", min: 0, max: control.values.length - 1, step: 1, value: at[n],
  });
  const label = element("label", { for: id }, control.label);
  function read() {
    at[n] = Number(slider.value);
    value.textContent = control.values[at[n]];
    slider.setAttribute("aria-valuetext", control.values[at[n]]);
  }
  slider.addEventListener("input", () => { read(); show(); });
  read();
  return element("div", { class: "mnv2-control" }, label, slider, value);
}

function addSteps(figure, control, n, at, show) {
  const last = control.values.length - 1;
  const where = element("span", { class: "mnv2-where" });
  const [back, play, on] = ["Back", "Play", "Step"].map((text) => element("button", { type: "button" }, text));
  let timer = null;
  function read() {
    where.textContent = `${control.label} ${at[n] + 1} of ${last + 1}`;
    // A button that is disabled loses the focus: the other one takes it.
    if (at[n] === last && document.activeElement === on) back.focus();
    if (at[n] === 0 && document.activeElement === back) on.focus();
    back.disabled = at[n] === 0;
    on.disabled = at[n] === last;
  }
  function go(to) {
    at[n] = to;
    back.disabled = on.disabled = false;
    read();
    show();
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }
  back.addEventListener("click", () => { stop(); go(at[n] - 1); });
  on.addEventListener("click", () => { stop(); go(at[n] + 1); });
  function playOn() {
    go(at[n] === last ? 0 : at[n] + 1);
    if (at[n] === last) stop();
  }
  play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    timer = setInterval(playOn, 900);
    play.textContent = "Pause";
    playOn();
  });
  play.hidden = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  read();
  return element("div", { class: "mnv2-control mnv2-steps" }, back, play, on, where);
}

/* ---- questions ---------------------------------------------------------------------------- */

function startQuestion(form) {
  const answer = form.querySelector("details");
  const verdict = element("div", { class: "mnv2-verdict", role: "status" });
  const button = element("button", { type: "submit" }, "Check");
  answer.before(element("p", {}, button), verdict);
  answer.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { kind, answer: wanted, tolerance } = form.dataset;
    const inputs = [...form.querySelectorAll("input")];
    const [right, lines] = kind === "number"
      ? judgeNumber(inputs[0].value, Number(wanted), Number(tolerance))
      : judgeChoices(inputs.map(({ checked, dataset }) => ({ checked, ...dataset })), kind);
    verdict.innerHTML = "";
    if (right === null) {
      verdict.append(element("p", {}, lines[0]));
      return;
    }
    verdict.append(element("p", {}, element("strong", {}, right ? "Right." : "Not yet.")));
    for (const line of lines) {
      const paragraph = element("p");
      paragraph.innerHTML = line; // our own words, escaped when the notebook was made
      verdict.append(paragraph);
    }
    answer.hidden = false;
    if (right) remember(`question/${pageName()}/${form.id}`);
    if (right || kind === "predict") answer.open = true;
  });
}

/** Whether it is right, null where nothing can be judged; and lines that say why. */
function judgeNumber(given, wanted, tolerance) {
  const text = given.trim().replace(",", ".");
  if (text === "" || Number.isNaN(Number(text))) return [null, ["Please give a number, such as 0.25."]];
  return [Math.abs(Number(text) - wanted) <= tolerance + 1e-12, []];
}

/** The same for answers to choose from: each is checked or not, right ("yes") or not, and says something. */
function judgeChoices(answers, kind) {
  const picked = answers.filter((answer) => answer.checked);
  if (!picked.length) return [null, ["Please choose an answer first."]];
  const right = answers.every((answer) => answer.checked === (answer.right === "yes"));
  const missing = answers.some((answer) => !answer.checked && answer.right === "yes");
  const lines = picked.map((answer) => answer.says);
  if (!right && missing && kind === "multiple") lines.push("One that applies is missing.");
  return [right, lines];
}

/* ---- what the theme leaves to be mended --------------------------------------------------- */

function mendTheme() {
  // What scrolls sideways must be reachable by keyboard. To measure is work: when there is time.
  const whenIdle = window.requestIdleCallback || ((work) => setTimeout(work, 200));
  whenIdle(() => {
    document.querySelectorAll("div.highlight pre, .cell_output pre, .bd-article table").forEach((wide) => {
      if (wide.scrollWidth > wide.clientWidth) wide.setAttribute("tabindex", "0");
    });
  });
  // A name that hides what stands on the button or fold: the words on it are the name.
  document.querySelectorAll(".search-button-field, details > summary").forEach((named) => {
    named.removeAttribute("aria-label");
  });
  // The theme draws its icons late, with titles that contradict the button's name.
  document.querySelectorAll(".theme-switch-button").forEach((button) => {
    const hide = () => [...button.children].forEach((icon) => {
      icon.setAttribute("aria-hidden", "true");
      icon.removeAttribute("title");
      icon.querySelector("title")?.remove();
    });
    new MutationObserver(hide).observe(button, { childList: true });
    hide();
  });
  // The folds of the table of contents show an icon and no words.
  document.querySelectorAll(".bd-links summary").forEach((fold) => {
    fold.setAttribute("aria-label", "Sections of this chapter");
  });
  // Roles of a bibliography on elements that must not have them.
  document.querySelectorAll(".citation, .citation-list").forEach((entry) => {
    entry.removeAttribute("role");
  });
  const sidebar = document.querySelector(".bd-sidebar-primary");
  if (sidebar) {
    sidebar.setAttribute("role", "region");
    sidebar.setAttribute("aria-label", "The book");
  }
}

/* ---- what the browser remembers; the page "Your progress" shows it ------------------------- */

/** Such as book/01_relu6. */
function pageName(path = location.pathname) {
  return (/\/((?:book|solutions)\/(?:exercises\/)?\w+)(?:\.html)?$/.exec(path) || [])[1] || "";
}

function remember(name) {
  try {
    localStorage.setItem(`mnv2-tutor/${name}`, new Date().toISOString().slice(0, 10));
  } catch { /* a browser that keeps nothing */ }
}

function noteReading() {
  const end = document.querySelector(".prev-next-footer");
  if (!end || !/^book\/\d\d_/.test(pageName())) return;
  new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) remember(`read/${pageName()}`);
  }).observe(end);
}

/* ---- what is loaded only where a page has it ---------------------------------------------- */

const SCRIPT = document.currentScript.src;

/** Hands every element of a class to a function of a script of its own. */
function startParts(name, script, starter, onFile) {
  const places = document.querySelectorAll(`.${name}`);
  if (!places.length) return;
  const say = (text) => places.forEach((place) => place.append(element("p", { class: "mnv2-alarm" }, text)));
  if (location.protocol === "file:") {
    say(onFile);
    return;
  }
  import(new URL(script, SCRIPT).href).then(
    (found) => places.forEach(found[starter]),
    () => say("The script of this part could not be loaded: load the page again."),
  );
}

const SERVE = "Run python -m http.server in the folder _build/html and open localhost:8000.";

function start() {
  document.querySelectorAll("figure.mnv2-moving").forEach(startFigure);
  document.querySelectorAll("form.mnv2-question").forEach(startQuestion);
  startParts("mnv2-run", "run.js", "startRun",
    `Browsers load no network for a page that was opened as a file. ${SERVE}`);
  noteReading();
  startParts("mnv2-progress", "progress.js", "startProgress",
    `Browsers remember nothing for pages that were opened as files. ${SERVE}`);
  startParts("mnv2-map", "map.js", "startMap",
    `The map can be walked where the book is served, not opened as a file. ${SERVE}`);
  startParts("mnv2-practice", "practice.js", "startPractice",
    `It can be written here where the book is served, not opened as a file. ${SERVE}`);
  mendTheme();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
