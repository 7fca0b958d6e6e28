/* The page "Your progress": what this browser remembers, to take away, to bring back, to forget. */
import { element, offered } from "./parts.js";
import * as kept from "./kept.js";

export function startProgress(place) {
  const says = element("p", { role: "status" });
  const take = element("button", { type: "button" }, "Take it away as a file");
  const bring = element("input", { type: "file", accept: ".json,application/json", id: "mnv2-bring" });
  const forget = element("button", { type: "button" }, "Forget everything");
  place.append(
    element("p", {}, take, " ", forget),
    element("p", {}, element("label", { for: "mnv2-bring" }, "Bring back a file: "), bring),
    says,
  );
  const show = () => place.querySelectorAll("tbody tr").forEach(fill);
  take.addEventListener("click", () => {
    offered(`${JSON.stringify(kept.all(), null, 1)}\n`, "application/json", "mobilenetv2-progress.json");
  });
  bring.addEventListener("change", async () => {
    if (!bring.files.length) return;
    const found = ours(await bring.files[0].text());
    bring.value = ""; // the same file may be chosen again
    const all = found && Object.entries(found).map(([name, text]) => kept.set(name, text)).every(Boolean);
    says.textContent = !found ? "This file is none that this page wrote."
      : all ? "It is back." : "This browser does not keep it: it keeps nothing, or no more.";
    show();
  });
  forget.addEventListener("click", () => {
    if (!confirm("Forget what you read, answered and wrote in these pages?")) return;
    Object.keys(kept.all()).forEach(kept.remove);
    says.textContent = "Forgotten.";
    show();
  });
  show();
}

const PARTS = /^(read|question|answer|record|passed)\/[\w/-]+$/;

/** What the text of a file holds, if it is one of ours; else null. */
export function ours(text) {
  try {
    const found = JSON.parse(text);
    const fits = ([name, value]) => PARTS.test(name) && typeof value === "string";
    return found && Object.getPrototypeOf(found) === Object.prototype && Object.entries(found).every(fits)
      ? found : null;
  } catch {
    return null;
  }
}

function fill(row) {
  const { page, questions, exercises } = row.dataset;
  const [, readCell, asked, written] = row.cells;
  const right = Object.keys(kept.part(`question/${page}`)).length;
  readCell.textContent = kept.get(`read/${page}`) ? "yes" : "–";
  asked.textContent = `${right || "–"} of ${questions}`;
  if (exercises) {
    written.textContent = exercises.split(" ")
      .map((key) => (kept.get(`passed/${key}`) ? `${key} ✓ passed` : key)).join(", ");
  }
}
