// The content of files that wait to be uploaded. IndexedDB keeps it, so that a reload loses nothing.
const unstored = new Map(); // id → content that would be lost with this page
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
      resolve(null); // there is none, as in some private windows
    }
  });
  return opening;
}

/** Run one request in its own transaction; `{done, result}`. */
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
  const { done } = await run("readwrite", (store) => store.put(blob, id));
  if (done) unstored.delete(id);
  return done;
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
  unstored.delete(id);
  return run("readwrite", (store) => store.delete(id));
}
