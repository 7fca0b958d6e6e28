/* course.js is no module, so that it runs in pages opened as files: here it runs beside a page that
   has not been loaded yet, and its functions are taken from there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const page = createContext({
  document: { currentScript: { src: "" }, readyState: "loading", addEventListener() {} },
});
runInContext(readFileSync(new URL("../../book/_static/course.js", import.meta.url), "utf8"), page);

/** What a function of the page gives, as plain data of this side. */
const asked = (name, ...given) => JSON.parse(JSON.stringify(page[name](...given)));

test("frames are counted with the last control fastest", () => {
  const controls = [{ values: ["1", "2", "3"] }, { values: ["a", "b"] }];
  assert.equal(asked("frameIndex", controls, [0, 1]), 1);
  assert.equal(asked("frameIndex", controls, [1, 0]), 2);
  assert.equal(asked("frameIndex", controls, [2, 1]), 5);
});

test("a number at the edge of the tolerance is right", () => {
  assert.deepEqual(asked("judgeNumber", "0.3", 0.2, 0.1), [true, []]);
});

test("a number beyond the tolerance is not right", () => {
  assert.deepEqual(asked("judgeNumber", "0.31", 0.2, 0.1), [false, []]);
});

test("a number may have a comma and spaces around it", () => {
  assert.deepEqual(asked("judgeNumber", " 0,25 ", 0.25, 0), [true, []]);
});

for (const given of ["", "  ", "six", "1.2.3"]) {
  test(`"${given}" is no number and is not judged`, () => {
    assert.deepEqual(asked("judgeNumber", given, 0, 1), [null, ["Please give a number, such as 0.25."]]);
  });
}

const choices = (...checked) => [
  { checked: checked.includes(0), right: "yes", says: "first" },
  { checked: checked.includes(1), right: "yes", says: "second" },
  { checked: checked.includes(2), says: "third" },
];

test("nothing chosen is not judged", () => {
  assert.deepEqual(asked("judgeChoices", choices(), "multiple"), [null, ["Please choose an answer first."]]);
});

test("all that apply, and nothing else, is right", () => {
  assert.deepEqual(asked("judgeChoices", choices(0, 1), "multiple"), [true, ["first", "second"]]);
});

test("one that applies and is missing is said", () => {
  assert.deepEqual(asked("judgeChoices", choices(0), "multiple"), [false, ["first", "One that applies is missing."]]);
});

test("one too many is not right, and nothing is missing", () => {
  assert.deepEqual(asked("judgeChoices", choices(0, 1, 2), "multiple"), [false, ["first", "second", "third"]]);
});

test("where one answer is asked for, none is said to be missing", () => {
  assert.deepEqual(asked("judgeChoices", choices(2).slice(1), "single"), [false, ["third"]]);
});

for (const [path, name] of [
  ["/book/01_relu6.html", "book/01_relu6"],
  ["/course/book/exercises/01_relu6.html", "book/exercises/01_relu6"],
  ["/solutions/01_relu6", "solutions/01_relu6"],
  ["/search.html", ""],
  ["/book/", ""],
]) {
  test(`the page at ${path} is called "${name}"`, () => assert.equal(asked("pageName", path), name));
}
