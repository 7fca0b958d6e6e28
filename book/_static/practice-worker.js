/* Python in a worker: the page stays alive whatever a reader's code does, and can end it. */
import { loadPyodide } from "./vendor/pyodide/pyodide.mjs";
import { Unusable, fetched, megabytes } from "./parts.js";

const HERE = new URL(".", import.meta.url);
const PYTHON = new URL("vendor/pyodide/", HERE);
const ABSENT = "Python is not part of this copy of the book: use the exercise notebook.";
const HOME = "/home/pyodide/progress";

let course = null;

/** Loads Python and the course; everything kept of earlier visits is put back. */
async function start(records) {
  const load = (name, what, address) => fetched(new URL(name, address), ABSENT, (size, total) => {
    postMessage({ tells: `Loading ${what}: ${megabytes(size, total)}` });
  });
  // Python asks for both again and finds them in the browser's cache.
  await load("pyodide.asm.wasm", "Python", PYTHON);
  await load("python_stdlib.zip", "its library", PYTHON);
  const packed = await load("made/python.zip", "the course", HERE);
  postMessage({ tells: "Starting Python" });
  const python = await loadPyodide({ indexURL: PYTHON.href, env: { HOME, MNV2_TUTOR_HOME: HOME } });
  const packages = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  python.unpackArchive(packed, "zip", { extractDir: packages });
  course = python.pyimport("mnv2_tutor.learner.in_page");
  for (const [key, text] of Object.entries(records)) course.restore(key, text);
}

const CALLS = {
  start: ({ records }) => start(records),
  run: ({ source, earlier }) => JSON.parse(course.run(source, earlier)),
  check: ({ key, source, earlier }) => JSON.parse(course.check(key, source, earlier)),
  hint: ({ key }) => JSON.parse(course.hint(key)),
  solution: ({ key }) => JSON.parse(course.solution(key)),
};

onmessage = async ({ data }) => {
  try {
    postMessage({ gives: (await CALLS[data.call](data)) ?? {} });
  } catch (error) {
    const says = error instanceof Unusable ? error.message : `Python failed: ${error.message || error}`;
    postMessage({ fails: says });
  }
};
