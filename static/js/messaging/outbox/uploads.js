// Files that were chosen but not sent yet. Each has a record in localStorage, so that all tabs know it,
// and its content in IndexedDB. Its `id` is the upload's `client_id`, so that repeated tries make one
// file. `file` is the server's ID, once the server has the whole file. `error` says why the file can't
// be sent, and `trouble` why it will be tried again.
import { session } from "trato/session";
import { headers, noteStatus, post, request } from "trato/api";
import { dropBlob, findBlob, isInAnotherTab, keepBlob } from "trato/blobs";
import { newId } from "trato/client-id";
import { addresses } from "trato/page";
import * as storage from "trato/storage";
import { gettext } from "trato/text";

const FILES_AT_ONCE = 2; // as many as the server decodes for one person
const FIRST_UPLOAD_PAUSE = 1500; // milliseconds after an upload that failed; doubled each time
const LONGEST_UPLOAD_PAUSE = 15000;
const STALL = 120000; // milliseconds without progress: longer than the server takes for a picture
const PASSES = new Set([0, 429, 500, 502, 503, 504]); // by status: try again; 0: no connection
const FINAL_STATUS = new Set([400, 413]); // the same file will be refused again
// These would make a name read backwards. The same as BIDI_CONTROLS in trato/text.py.
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;
const filePrefix = `trato-file-${session.user}-`;

/** Whether a file can be read. It may have been deleted or changed since it was chosen, or be a folder. */
async function isReadable(blob) {
  return blob.slice(0, 1).arrayBuffer().then(() => true, () => false);
}

class Uploads extends EventTarget {
  under = new Map(); // id → {progress (0 to 1), abort}
  pauses = new Map(); // id → milliseconds until it is tried again

  constructor() {
    super();
    for (const kind of ["live", "poll"]) session.on(kind, () => this.hurry());
    window.addEventListener("storage", ({ key, oldValue, newValue }) => {
      if (!key?.startsWith(filePrefix)) return;
      if (oldValue && newValue === null) this.dropped(JSON.parse(oldValue));
      this.changed();
      this.start(); // the tab where it was chosen may be closed before uploading it
    });
  }

  changed() {
    this.dispatchEvent(new Event("changed"));
  }

  // -- records ---------------------------------------------------------------------------------

  get(id) {
    try {
      return JSON.parse(storage.get(filePrefix + id));
    } catch {
      return null;
    }
  }

  all() {
    const records = storage.keys(filePrefix).map((key) => this.get(key.slice(filePrefix.length)));
    return records.filter(Boolean).sort((one, other) => one.at - other.at);
  }

  of(conversation) {
    return this.all().filter((record) => record.conversation === conversation);
  }

  progress(id) {
    return this.under.get(id)?.progress ?? 0;
  }

  /** Whether the server has a file and its description. */
  isReady(record) {
    return Boolean(record?.file) && record.told === record.alt;
  }

  put(record) {
    storage.set(filePrefix + record.id, JSON.stringify(record));
    this.changed();
  }

  update(id, values) {
    const record = this.get(id);
    if (record) this.put({ ...record, ...values });
  }

  /** Add a chosen file; `error`: why it can't be sent at all. Returns whether it survives a reload. */
  add(conversation, blob, error = null) {
    const record = {
      id: newId(), conversation, name: blob.name.replace(BIDI_CONTROLS, ""), size: blob.size, type: blob.type,
      alt: "", told: "", file: null, error, isFinal: Boolean(error),
      at: this.nextAt(),
    };
    const isKept = error ? true : keepBlob(record.id, blob);
    this.put(record);
    this.start();
    return isKept;
  }

  /** Add a file that the server already has; returns its `id` here. */
  adopt(conversation, { id: file, kind, name, size, width, height, alt }) {
    const id = newId();
    this.put({
      id, conversation, file, kind, name, size, width, height, alt, told: alt, type: "", error: null,
      isFinal: true, at: this.nextAt(),
    });
    return id;
  }

  /** Return a time for a new record that is later than all others, whatever the clock does. */
  nextAt() {
    return Math.max(Date.now(), 1 + Math.max(0, ...this.all().map(({ at }) => at)));
  }

  /** Tell the server that a draft still has a file, since it deletes files that nobody needed for a day. */
  hold(id) {
    this.update(id, { told: null });
    this.start();
  }

  describe(id, alt) {
    this.update(id, { alt: alt.replace(/[\s\p{Cc}]+/gu, " ").trim() }); // some programs copy control characters
    this.start();
  }

  /** Forget a file here, because its message was sent or nobody wants it any more. */
  forget(id) {
    storage.remove(filePrefix + id);
    this.pauses.delete(id);
    dropBlob(id);
  }

  /** Drop a file without sending it. */
  cancel(id) {
    const record = this.get(id);
    const wasTried = this.wasTried(id);
    this.forget(id);
    this.changed();
    if (record?.file) {
      request(addresses.file(record.conversation, record.file), { method: "DELETE", headers: headers() });
    } else if (record && wasTried) this.abandon(record);
  }

  /** Whether this tab has begun to upload a file. */
  wasTried(id) {
    return this.under.has(id) || this.pauses.has(`last-${id}`);
  }

  /** Stop an upload, and delete it on the server, which may have all of it and would count it for a day. */
  abandon({ id, conversation }) {
    this.under.get(id)?.abort();
    const address = `${addresses.files(conversation)}?client_id=${id}`;
    request(address, { method: "DELETE", headers: headers() });
  }

  /** Abandon a file that another tab has removed, not knowing that this one is uploading it. */
  dropped(record) {
    if (!record.file && this.wasTried(record.id)) this.abandon(record);
  }

  /** Try a file again. If the server still has it, it answers the upload as before. */
  renew(id) {
    this.update(id, { error: null, file: null, told: "" });
    this.pauses.delete(id);
    this.start();
  }

  // -- uploading -------------------------------------------------------------------------------

  hurry() {
    this.pauses.clear();
    this.start();
  }

  start() {
    if (session.ended) return;
    const due = this.all().filter((record) => !record.error && !this.isReady(record) && !this.under.has(record.id)
      && !this.pauses.has(record.id));
    for (const record of due.slice(0, FILES_AT_ONCE - this.under.size)) this.work(record.id);
  }

  async work(id) {
    this.under.set(id, { progress: 0, abort() {} });
    const work = (lock) => (lock ? this.advance(this.get(id)) : null);
    try {
      // One tab at a time.
      const options = { ifAvailable: true };
      await (navigator.locks ? navigator.locks.request(filePrefix + id, options, work) : work(true));
    } finally {
      this.under.delete(id);
    }
    const record = this.get(id);
    if (record && !record.error && !this.isReady(record)) this.rest(id);
    this.changed();
    this.start();
  }

  rest(id) {
    const pause = this.pauses.get(`last-${id}`) ?? FIRST_UPLOAD_PAUSE;
    this.pauses.set(`last-${id}`, Math.min(2 * pause, LONGEST_UPLOAD_PAUSE));
    this.pauses.set(id, pause);
    setTimeout(() => {
      this.pauses.delete(id);
      this.start();
    }, pause);
  }

  /** Upload a file, or tell the server its new description. */
  async advance(record) {
    if (!record || record.error || this.isReady(record)) return;
    if (record.file) {
      const { alt } = record;
      const answer = await post(addresses.file(record.conversation, record.file), { alt });
      if (answer?.ok) this.update(record.id, { told: alt });
      else if (answer?.status === 404) this.update(record.id, { file: null, told: "" }); // purged
      else if (answer && !PASSES.has(answer.status) && !session.ended) {
        this.update(record.id, { error: answer.body?.detail });
      }
      return;
    }
    let blob = await findBlob(record.id);
    if (!blob) {
      if (await isInAnotherTab(record.id)) return;
      blob = await findBlob(record.id); // the other tab may have stored it meanwhile
    }
    if (!blob) return this.lose(record);
    const { status, body } = await this.send(record, blob);
    if (status === 200 && body?.id) {
      const { id: file, kind, name, width, height, alt: told } = body;
      this.update(record.id, { file, kind, name, width, height, size: body.size, told, trouble: null });
    } else if (!status && !(await isReadable(blob))) {
      this.lose(record);
    } else if (!PASSES.has(status) && !session.ended) {
      const error = body?.detail ?? gettext("The server rejected this file.");
      this.update(record.id, { error, isFinal: FINAL_STATUS.has(status) });
    } else if ((body?.detail ?? null) !== (record.trouble ?? null)) { // each change wakes the other tabs
      this.update(record.id, { trouble: body?.detail ?? null });
    }
  }

  lose({ id }) {
    this.update(id, { error: gettext("This browser has lost the file. Choose it again."), isFinal: true });
  }

  /** POST one file, without `fetch`, which doesn't report progress. */
  send(record, blob) {
    return new Promise((resolve) => {
      const sending = new XMLHttpRequest();
      let timer;
      // A connection may be dead without an error.
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => sending.abort(), STALL);
      };
      const end = () => {
        clearTimeout(timer);
        noteStatus(sending.status);
        resolve({ status: sending.status, body: sending.response });
      };
      sending.open("POST", addresses.files(record.conversation));
      sending.responseType = "json";
      for (const [name, value] of Object.entries(headers())) sending.setRequestHeader(name, value);
      sending.upload.onprogress = ({ loaded, total }) => {
        wait();
        this.under.set(record.id, { progress: loaded / total, abort: () => sending.abort() });
        this.dispatchEvent(new CustomEvent("progress", { detail: record.id }));
      };
      sending.onload = sending.onerror = sending.onabort = end;
      this.under.set(record.id, { progress: 0, abort: () => sending.abort() });
      const form = new FormData();
      form.append("client_id", record.id);
      form.append("file", blob, record.name);
      wait();
      sending.send(form);
    });
  }
}

export const uploads = new Uploads();
