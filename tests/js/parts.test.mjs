/* What needs no page of the scripts that are loaded where a page needs them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sentence } from "../../book/_static/map.js";
import { fetched, megabytes, Unusable } from "../../book/_static/parts.js";
import { filled } from "../../book/_static/practice.js";
import { ours } from "../../book/_static/progress.js";
import { fault, likeliest, numbers } from "../../book/_static/run.js";

test("a size is said with its total, where that is known", () => {
  assert.equal(megabytes(3.14e6, 9.6e6), "3.1 of 9.6 MB");
  assert.equal(megabytes(3.14e6, 0), "3.1 MB");
});

const DATA = "data:text/plain,abc";

test("the bytes behind an address are fetched, and how many there are is told", async () => {
  const told = [];
  const bytes = await fetched(DATA, "absent", (size) => told.push(size));
  assert.equal(new TextDecoder().decode(bytes), "abc");
  assert.deepEqual(told, [3]);
});

test("what is not there is said in the words given for it", async (context) => {
  context.mock.method(globalThis, "fetch", () => Promise.resolve({ ok: false }));
  await assert.rejects(fetched(DATA, "absent", () => {}), new Unusable("absent"));
});

/* ---- the map ---- */

const block = {
  name: "block 3", before: [56, 56, 24], after: [28, 28, 32], parameters: 10000, macs: 8000000, stride: 2,
};

test("a block says what its shortcut wants for", () => {
  assert.equal(sentence(block), "56 x 56 x 24 numbers come in, 28 x 28 x 32 go out. 10,000 parameters, "
    + "8,000,000 multiply-adds. It has no shortcut: the stride is 2, and 24 channels do not match 32.");
});

test("a block with a shortcut says that it adds", () => {
  const adds = { ...block, after: block.before, stride: 1, adds: true };
  assert.match(sentence(adds), /Its input is added to its output: the stride is 1 and the channels match\.$/);
});

test("a part that is no block says nothing of shortcuts", () => {
  assert.match(sentence({ ...block, name: "stem" }), /multiply-adds\. $/);
});

/* ---- exercises in a page ---- */

const notebook = {
  nbformat: 4,
  cells: [
    { source: "text", metadata: {} },
    { source: "empty", metadata: { nbgrader: { solution: true }, mnv2_tutor: { exercise: "relu6" } } },
    { source: "check", metadata: { nbgrader: { solution: false }, mnv2_tutor: { exercise: "relu6" } } },
  ],
};

test("an answer stands in the cell that asks for it, and nowhere else", () => {
  const made = filled(notebook, { relu6: "answer\n\n" });
  assert.deepEqual(made.cells.map((cell) => cell.source), ["text", "answer", "check"]);
  assert.equal(made.nbformat, 4);
});

test("without an answer the empty function stays", () => {
  assert.deepEqual(filled(notebook, { other: "answer" }), notebook);
});

/* ---- progress as a file ---- */

test("a file that the page wrote is read", () => {
  const kept = { "read/book/01_relu6": "2026-01-01", "answer/relu6": "def" };
  assert.deepEqual(ours(JSON.stringify(kept)), kept);
});

for (const text of ["", "null", "[]", '"x"', '{"other/x": "1"}', '{"read/x": 1}', '{"read/<x>": "1"}']) {
  test(`${text || "an empty file"} is no file of ours`, () => assert.equal(ours(text), null));
}

/* ---- a network in the page ---- */

const end = (shape, dtype = "float32") => ({ shape, dtype });

test("one picture in, float32 or uint8, can be asked", () => {
  assert.equal(fault(end([1, 32, 32, 3]), end([1, 10])), "");
  assert.equal(fault(end([1, 32, 32, 1], "uint8"), end([1, 10], "uint8")), "");
});

for (const shape of [[2, 32, 32, 3], [1, 32, 32, 2], [1, 0, 32, 3], [1, 32, 32]]) {
  test(`an input of the shape ${shape} is refused with that shape`, () => {
    assert.ok(fault(end(shape), end([1, 10])).includes(`(${shape.join(", ")})`));
  });
}

test("ends of another type are refused with that type", () => {
  assert.match(fault(end([1, 32, 32, 3], "int8"), end([1, 10])), /int8 ends/);
});

const PIXELS = new Uint8ClampedArray([0, 255, 51, 255]);

test("colours become numbers from -1 to 1, without their opacity", () => {
  const network = { height: 1, width: 1, channels: 3, dtype: "float32" };
  assert.deepEqual([...numbers(network, PIXELS)].map((n) => n.toFixed(2)), ["-1.00", "1.00", "-0.60"]);
});

test("a network of uint8 gets the pixels themselves", () => {
  const network = { height: 1, width: 1, channels: 3, dtype: "uint8" };
  assert.deepEqual(numbers(network, PIXELS), new Uint8Array([0, 255, 51]));
});

test("for one channel the colours are weighed as an eye does", () => {
  const network = { height: 1, width: 1, channels: 1, dtype: "uint8" };
  assert.deepEqual(numbers(network, PIXELS), new Uint8Array([155]));
});

test("the likeliest classes come first", () => {
  assert.deepEqual(likeliest([0.1, 0.6, 0.05, 0.25], 2), [1, 3]);
});
