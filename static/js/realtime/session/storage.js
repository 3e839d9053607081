// Data that this browser keeps from page to page. If its storage is full or disabled, the page keeps
// the data itself, and the browser asks for confirmation before the page is closed.
const areas = { local: () => localStorage, session: () => sessionStorage };
const here = new Map(); // key → text that would be lost with this page

function ask(event) {
  event.preventDefault();
}

/**
 * Listen only while needed: with a `beforeunload` listener, the Back button restores a page more slowly.
 */
function guard() {
  if (here.size) window.addEventListener("beforeunload", ask);
  else window.removeEventListener("beforeunload", ask);
}

/** Return the text stored under a key, or null. */
export function get(key, area = "local") {
  if (here.has(key)) return here.get(key);
  try {
    return areas[area]().getItem(key);
  } catch {
    return null;
  }
}

/** Store a text; return false if it would be lost with this page. */
export function set(key, text, area = "local") {
  try {
    areas[area]().setItem(key, text);
    here.delete(key);
  } catch {
    here.set(key, text);
  }
  guard();
  return !here.has(key);
}

/** Store a text that may get lost. */
export function note(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    remove(key);
  }
}

export function remove(key, area = "local") {
  here.delete(key);
  guard();
  try {
    areas[area]().removeItem(key);
  } catch {
    // Nothing was stored there.
  }
}

/** Return all keys that begin with a prefix. */
export function keys(prefix, area = "local") {
  const all = new Set(here.keys());
  try {
    const store = areas[area]();
    for (let place = 0; place < store.length; place += 1) all.add(store.key(place));
  } catch {
    // Nothing is stored there.
  }
  return [...all].filter((key) => key.startsWith(prefix));
}
