// The content of files that are waiting to be uploaded. IndexedDB keeps it, so that a reload loses nothing.
const unstored = new Map(); // id → content that would be lost with this page
const keeping = new Map(); // id → function that ends its lock, which tells other tabs that only this one has the file
const LOCK = "trato-blob-";
const STORE = "files";
let opening;

function open() {
  opening ??= new Promise((resolve) => {
    try {
      const asked = indexedDB.open("trato-files", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null);
    } catch {
      resolve(null); // there is no IndexedDB, as in some private windows
    }
  });
  return opening;
}

/** Run one request in its own transaction; return `{done, result}`. */
async function run(mode, ask) {
  const database = await open();
  return new Promise((resolve) => {
    try {
      const transaction = database.transaction(STORE, mode);
      const asked = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve({ done: true, result: asked.result });
      transaction.onerror = transaction.onabort = () => resolve({ done: false });
    } catch {
      resolve({ done: false });
    }
  });
}

/** Store a file; return false if it would be lost with this page. */
export async function keepBlob(id, blob) {
  unstored.set(id, blob);
  lock(id);
  const { done } = await run("readwrite", (store) => store.put(blob, id));
  if (done) release(id);
  return done;
}

function lock(id) {
  const ended = new Promise((end) => keeping.set(id, end));
  navigator.locks?.request(LOCK + id, () => ended);
}

function release(id) {
  unstored.delete(id);
  keeping.get(id)?.();
  keeping.delete(id);
}

/** Whether only another tab has a file, because it couldn't be stored, or hasn't been yet. */
export async function isInAnotherTab(id) {
  const { held, pending } = (await navigator.locks?.query()) ?? { held: [], pending: [] };
  return [...held, ...pending].some(({ name }) => name === LOCK + id);
}

export async function findBlob(id) {
  return unstored.get(id) ?? (await run("readonly", (store) => store.get(id))).result ?? null;
}

/** Drop all files but these. */
export async function dropBlobsExcept(ids) {
  const { result = [] } = await run("readonly", (store) => store.getAllKeys());
  for (const id of result) if (!ids.has(id)) dropBlob(id);
}

export function dropBlob(id) {
  release(id);
  return run("readwrite", (store) => store.delete(id));
}
