// What this browser keeps from page to page. Where it has no room or may not keep anything, the
// page keeps it itself, and the browser asks before that page is closed.
const areas = { local: () => localStorage, session: () => sessionStorage };
const here = new Map(); // key → text that would be lost with this page

function ask(event) {
  event.preventDefault();
}

/** A page that listens for its end is slow to come back by the Back button: so only while needed. */
function guard() {
  if (here.size) window.addEventListener("beforeunload", ask);
  else window.removeEventListener("beforeunload", ask);
}

/** The text kept under a key, or null. */
export function get(key, area = "local") {
  if (here.has(key)) return here.get(key);
  try {
    return areas[area]().getItem(key);
  } catch {
    return null;
  }
}

/** Keep a text; false if it would be lost with this page. */
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

/** Keep a text that may be lost as well. */
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
    // Nothing was kept there.
  }
}

/** All keys that begin with a prefix. */
export function keys(prefix, area = "local") {
  const all = new Set(here.keys());
  try {
    const store = areas[area]();
    for (let place = 0; place < store.length; place += 1) all.add(store.key(place));
  } catch {
    // Nothing is kept there.
  }
  return [...all].filter((key) => key.startsWith(prefix));
}
