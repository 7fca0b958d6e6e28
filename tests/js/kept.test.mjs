/* What a browser remembers, with a storage of this side. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as kept from "../../book/_static/kept.js";

class Storage extends Map {
  get length() { return this.size; }

  key(n) { return [...this.keys()][n]; }

  getItem(name) { return this.get(name) ?? null; }

  setItem(name, text) { this.set(name, text); }

  removeItem(name) { this.delete(name); }
}

function store(storage) {
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
}

beforeEach(() => store(new Storage([["other/site", "x"]])));

test("what was kept is there again", () => {
  assert.equal(kept.set("answer/relu6", "def"), true);
  assert.equal(kept.get("answer/relu6"), "def");
});

test("what others keep is not ours", () => {
  kept.set("read/one", "1");
  assert.deepEqual(kept.all(), { "read/one": "1" });
});

test("a part holds what follows its name, and no part whose name only begins alike", () => {
  kept.set("answer/a", "1");
  kept.set("answers/b", "2");
  assert.deepEqual(kept.part("answer"), { a: "1" });
});

test("what was removed is gone", () => {
  kept.set("read/one", "1");
  kept.remove("read/one");
  assert.equal(kept.get("read/one"), null);
});

test("a browser that forbids storage keeps nothing and breaks nothing", () => {
  Object.defineProperty(globalThis, "localStorage", {
    get() { throw new Error("forbidden"); }, configurable: true,
  });
  kept.remove("read/one");
  assert.equal(kept.set("read/one", "1"), false);
  assert.equal(kept.get("read/one"), null);
  assert.deepEqual(kept.all(), {});
});
