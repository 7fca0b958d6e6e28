/* Exercises in a page: an editor, and Python in a worker that is loaded on the first click. What a
   reader writes stays in this browser. */
import { Unusable, element, offered } from "./parts.js";
import * as kept from "./kept.js";

const HERE = new URL(".", import.meta.url);
const SECONDS = 10;

/* ---- Python ------------------------------------------------------------------------------- */

/** One Python for all exercises of the page. A call that takes too long ends it. */
class Python {
  constructor() {
    this.worker = null;
    this.waiting = null;
    this.tell = () => {};
  }

  get busy() { return this.waiting !== null; }

  async ask(call, tell) {
    if (this.busy) throw new Unusable("Python is still at work: wait, or press Stop.");
    this.tell = tell;
    if (!this.worker) await this.start();
    tell("At work");
    return this.send(call, SECONDS);
  }

  async start() {
    this.worker = new Worker(new URL("practice-worker.js", HERE), { type: "module" });
    this.worker.onmessage = ({ data }) => {
      if (data.tells) this.tell(data.tells);
      else if (data.fails) this.end(new Unusable(data.fails));
      else this.waiting?.resolve(data.gives);
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.end(new Unusable("Python could not be loaded: use the exercise notebook."));
    };
    await this.send({ call: "start", records: kept.part("record") }, 0);
  }

  send(call, seconds) {
    return new Promise((resolve, reject) => {
      const tooLong = () => this.end(new Unusable(
        `Stopped after ${seconds} seconds: is there a loop that never ends? `
        + "What you wrote is still here.",
      ));
      const timer = seconds ? setTimeout(tooLong, seconds * 1000) : null;
      const done = (finish) => (value) => {
        clearTimeout(timer);
        this.waiting = null;
        finish(value);
      };
      this.waiting = { resolve: done(resolve), reject: done(reject) };
      this.worker.postMessage(call);
    });
  }

  /** Ends the worker; the next call starts a fresh one. */
  end(reason) {
    this.worker?.terminate();
    this.worker = null;
    this.waiting?.reject(reason);
  }
}

const python = new Python();

/* ---- the editor --------------------------------------------------------------------------- */

let library = null;

async function editorLibrary() {
  const folder = new URL("vendor/prism-code-editor/dist/", HERE);
  try {
    const [core, commands] = await Promise.all([
      import(new URL("index.js", folder).href),
      import(new URL("extensions/commands/index.js", folder).href),
      import(new URL("prism/languages/python.js", folder).href),
      import(new URL("languages/python.js", folder).href),
    ]);
    const style = element("link", { rel: "stylesheet", href: new URL("layout.css", folder).href });
    const loaded = new Promise((resolve) => { style.onload = style.onerror = resolve; });
    document.head.append(style);
    await loaded;
    return { ...core, ...commands };
  } catch {
    return null; // a plain field will do
  }
}

/** An editor with ``text``; gives how to read and how to set what stands there. */
async function editor(parent, text, label, changed) {
  library ??= editorLibrary();
  const found = await library;
  if (!found) {
    const field = element("textarea", { rows: "12", spellcheck: "false", "aria-label": label });
    field.value = text;
    field.addEventListener("input", () => changed(field.value));
    parent.append(field);
    return { read: () => field.value, write: (other) => { field.value = other; } };
  }
  const made = found.createEditor(
    parent,
    { language: "python", value: text, tabSize: 4, insertSpaces: true, lineNumbers: false, wordWrap: false },
    found.defaultCommands(), found.editHistory(),
  );
  made.on("update", (value) => changed(value));
  // Tab indents in it. Escape leaves it, and the next Tab goes on from there: nobody is caught.
  made.textarea.setAttribute("aria-label", label);
  return { read: () => made.value, write: (other) => made.setOptions({ value: other }) };
}

/** What stands in the open editors of this page, by exercise: a browser may keep nothing. */
const written = new Map();

/* ---- one exercise ------------------------------------------------------------------------- */

export function startPractice(place) {
  const key = place.dataset.exercise;
  const starter = place.querySelector(".mnv2-starter");
  const empty = `${starter.dataset.starter}\n`;
  const begin = element("button", { type: "button" }, "Write it here");
  const offer = element("p", { class: "mnv2-offer" }, begin,
    " Loads Python, 7 to 14 MB, on the first Run or Check. Nothing is sent anywhere.");
  if (kept.get(`answer/${key}`)) offer.append(" What you wrote is kept in this browser.");
  if (kept.get(`passed/${key}`)) place.classList.add("mnv2-passed");
  starter.after(offer);
  begin.addEventListener("click", async () => {
    begin.disabled = true;
    await open(place, key, kept.get(`answer/${key}`) ?? empty, empty);
    offer.remove();
    starter.remove();
  });
}

async function open(place, key, text, empty) {
  const status = element("p", { class: "mnv2-status", role: "status" });
  const alarm = element("p", { class: "mnv2-alarm", role: "alert" });
  const output = element("div", { class: "mnv2-output", "aria-live": "polite" });
  const button = (name) => element("button", { type: "button" }, name);
  const buttons = {
    run: button("Run"), check: button("Check"), hint: button("Hint"), solution: button("Solution"),
    stop: button("Stop"), again: button("Start again"), save: button("Download notebook"),
  };
  const frame = element("div", { class: "mnv2-editor" });
  place.querySelector(".mnv2-starter").after(
    frame,
    element("p", { class: "mnv2-buttons" }, ...Object.values(buttons).flatMap((b) => [b, " "])),
    element("p", { class: "mnv2-keys" }, "Tab indents; Escape and then Tab leaves the editor. "
      + "Ctrl+Enter checks."),
    status, alarm, output,
  );
  const field = await editor(frame, text, `Your code for ${key}`, (value) => {
    if (!kept.set(`answer/${key}`, value)) status.textContent = "This browser keeps nothing: download what you write.";
  });

  written.set(key, field);

  function busy(now) {
    for (const name of ["run", "check", "hint", "solution"]) buttons[name].disabled = now;
    buttons.stop.disabled = !now;
  }

  async function ask(call, onAnswer) {
    alarm.textContent = "";
    const pressed = document.activeElement;
    busy(true);
    try {
      onAnswer(await python.ask(call, (says) => { status.textContent = says; }));
      status.textContent = "";
    } catch (error) {
      status.textContent = "";
      alarm.textContent = error instanceof Unusable ? error.message : `It went wrong: ${error.message || error}`;
    }
    busy(false);
    if (document.activeElement === document.body) pressed.focus(); // a disabled button loses it
  }

  /** Answers that passed, which this one may call. */
  const earlier = () => Object.entries(kept.part("passed"))
    .filter(([other]) => other !== key).map(([, source]) => source);

  function show(found) {
    if (found.record) kept.set(`record/${key}`, found.record);
    output.replaceChildren();
    if (found.printed) output.append(element("pre", { class: "mnv2-printed" }, found.printed));
    if (found.error) output.append(element("pre", { class: "mnv2-error" }, found.error));
    if (found.html) {
      const report = element("div");
      report.innerHTML = found.html; // a report of ours: what it quotes was escaped
      output.append(report);
    }
    if (!output.childNodes.length) output.append(element("p", {}, "It ran, and nothing was printed."));
  }

  const checked = () => {
    const source = field.read();
    return ask({ call: "check", key, source, earlier: earlier() }, (found) => {
      show(found);
      if (found.passed) {
        kept.set(`passed/${key}`, source);
        place.classList.add("mnv2-passed");
      }
    });
  };
  buttons.run.addEventListener("click", () => ask({ call: "run", source: field.read(), earlier: earlier() }, show));
  buttons.check.addEventListener("click", checked);
  buttons.hint.addEventListener("click", () => ask({ call: "hint", key }, show));
  buttons.solution.addEventListener("click", () => ask({ call: "solution", key }, show));
  buttons.stop.addEventListener("click", () => python.end(new Unusable("Stopped. What you wrote is still here.")));
  buttons.again.addEventListener("click", () => {
    if (field.read() !== empty && !confirm("Throw away what you wrote here?")) return;
    field.write(empty);
    kept.remove(`answer/${key}`);
    output.replaceChildren();
  });
  buttons.save.addEventListener("click", () => download(place).catch((error) => {
    alarm.textContent = error.message;
  }));
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !python.busy) {
      event.preventDefault();
      event.stopPropagation();
      checked();
    }
  }, true);
  busy(false);
  frame.querySelector("textarea").focus();
}

/** The exercise notebook with all answers to it that stand here or are kept in this browser. */
async function download(place) {
  const address = place.dataset.notebook;
  const response = await fetch(address);
  if (!response.ok) throw new Unusable("The notebook is not part of this copy of the book.");
  const notebook = await response.json();
  const standing = [...written].map(([key, field]) => [key, field.read()]);
  const answers = { ...kept.part("answer"), ...Object.fromEntries(standing) };
  offered(`${JSON.stringify(filled(notebook, answers), null, 1)}\n`, "application/x-ipynb+json", address.split("/").pop());
}

/** The same notebook with each answer in the cell that asks for it. */
export function filled(notebook, answers) {
  const cells = notebook.cells.map((cell) => {
    const answer = answers[cell.metadata.mnv2_tutor?.exercise];
    return cell.metadata.nbgrader?.solution && answer ? { ...cell, source: answer.trimEnd() } : cell;
  });
  return { ...notebook, cells };
}
