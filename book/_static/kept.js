/* What a reader's browser remembers of this book. It is never sent anywhere. A browser that keeps
   nothing is no fault: then nothing is remembered. */
const START = "mnv2-tutor/";

/** All that is kept, by name without the beginning that is ours. */
export function all() {
  const found = {};
  try {
    for (let n = 0; n < localStorage.length; n += 1) {
      const name = localStorage.key(n);
      if (name.startsWith(START)) found[name.slice(START.length)] = localStorage.getItem(name);
    }
  } catch { /* nothing is kept */ }
  return found;
}

/** Everything of one part, such as "answer", by what follows. */
export function part(name) {
  const start = `${name}/`;
  return Object.fromEntries(Object.entries(all())
    .filter(([key]) => key.startsWith(start)).map(([key, text]) => [key.slice(start.length), text]));
}

export function get(name) {
  try {
    return localStorage.getItem(START + name);
  } catch {
    return null;
  }
}

/** Whether it could be kept. */
export function set(name, text) {
  try {
    localStorage.setItem(START + name, text);
    return true;
  } catch {
    return false;
  }
}

export function remove(name) {
  try {
    localStorage.removeItem(START + name);
  } catch { /* nothing was kept */ }
}
