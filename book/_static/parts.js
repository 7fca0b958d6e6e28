/* What the scripts share that are loaded where a page needs them. */

/** Thrown for what a reader can mend; its text is shown. */
export class Unusable extends Error {}

export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** The bytes behind an address; tells how far it is. */
export async function fetched(address, absent, tell) {
  const response = await fetch(address);
  if (!response.ok) throw new Unusable(absent);
  const total = Number(response.headers.get("content-length")) || 0;
  const zipped = response.headers.has("content-encoding"); // then the length is another one
  const reader = response.body.getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    tell(size, zipped ? 0 : total);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Lets the reader save a text as a file. */
export function offered(text, type, name) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** "3.1 of 9.6 MB". */
export function megabytes(size, total) {
  const rounded = (bytes) => (bytes / 1e6).toFixed(1);
  return `${rounded(size)}${total ? ` of ${rounded(total)}` : ""} MB`;
}
