// Messages that are written but not acknowledged yet. They are kept in localStorage, one key per
// message, so that a reload, a lost connection, a dead server or another tab loses nothing. They
// are sent in order, and always under their first `client_id`, so that nothing is sent twice.
//
// On the socket, the next message is sent before the last one is acknowledged. It says which one it
// comes `after`: the server stores it only after that one, so the order is kept.
import { session } from "trato/session";
import { post } from "trato/api";
import { newId } from "trato/client-id";
import { addresses, askAfter } from "trato/page";
import * as codes from "trato/close-codes";
import * as storage from "trato/storage";
import { fill, gettext } from "trato/text";
import { heldFor, heldNow } from "trato/undo-send";
import { uploads } from "trato/uploads";

const PATIENCE = 15000; // milliseconds until an unanswered send is tried again
const PAUSE = 1500; // after a send that failed; doubled each time it fails
const LONGEST_PAUSE = 10000;
const UNDER_WAY = 10; // most messages of a conversation that are sent but not acknowledged
const SOCKET_TRIES = 3; // unanswered tries until a message goes by POST
const SERVER_ERRORS = 3; // in a row, until a message counts as refused
// Reasons for closing a socket that have nothing to do with what was sent on it.
const NO_FAULT = new Set([
  codes.NORMAL, codes.GOING_AWAY, codes.NO_CODE, codes.CUT_OFF,
  codes.SERVICE_RESTART, codes.TRY_AGAIN_LATER, codes.NO_SESSION, codes.SUSPENDED,
  codes.READS_TOO_SLOWLY, codes.PAGE_OF_ANOTHER, codes.FLOODS,
]);
const FINAL = new Set(["invalid", "too_long", "forbidden", "blocked", "not_found", "conflict"]);
const prefix = `trato-outbox-${session.user}`;

const wait = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));

/** Whether to ask the author before sending, because the message was written long ago. */
export function isOld(entry) {
  return !entry.confirmed && Date.now() - Date.parse(entry.created_at) > askAfter;
}

/** Replace halves of characters, which some keyboards leave behind and no frame can carry. */
function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Return a message's files by the server's IDs; nothing if it has no files. */
function filesOf(ids) {
  return ids.length ? { files: ids.map((id) => uploads.get(id).file) } : {};
}

class Outbox extends EventTarget {
  draining = new Set();
  again = new Set(); // conversations to look at again: something changed meanwhile
  answers = new Map(); // client_id → function to call with the server's response
  posting = new Set(); // client_ids that went by POST
  tries = new Map(); // client_id → times that the socket was closed or silent before it was answered
  refusals = new Map(); // client_id → times in a row that the server refused it for now
  takenBack = new Map(); // client_id → message; if it was tried before, the server may have stored it

  constructor() {
    super();
    this.splitArray();
    session.on("message.accepted", (frame) => this.answered(frame.client_id, { ok: frame }));
    session.on("message.held", (frame) => this.answered(frame.client_id, { ok: frame }));
    session.on("message.created", (frame) => this.answered(frame.client_id, { ok: frame }));
    session.on("error", (frame) => this.answered(frame.client_id, { error: frame }));
    session.on("lost", ({ code }) => this.lost(code));
    session.on("live", () => this.flush());
    session.on("poll", () => this.flush());
    uploads.addEventListener("changed", () => this.filesChanged());
    window.addEventListener("storage", ({ key }) => {
      if (!key?.startsWith(`${prefix}-`)) return;
      this.changed();
      this.flush(); // the tab where it was written may be closed before sending it
    });
    window.addEventListener("pageshow", () => this.changed());
    window.addEventListener("pagehide", () => this.sendHeld());
  }

  /** Split the array that earlier versions stored, which two tabs could overwrite. */
  splitArray() {
    try {
      const entries = JSON.parse(storage.get(prefix)) ?? [];
      entries.forEach((entry, place) => this.put({ at: Date.parse(entry.created_at) + place, ...entry }));
    } catch {
      // There is nothing to read.
    }
    storage.remove(prefix);
  }

  // -- waiting messages ------------------------------------------------------------------------

  read() {
    const entries = storage.keys(`${prefix}-`).map((key) => {
      try {
        return JSON.parse(storage.get(key));
      } catch {
        return null;
      }
    });
    return entries.filter((entry) => entry?.client_id).sort((one, other) => one.at - other.at);
  }

  get(clientId) {
    return this.read().find((entry) => entry.client_id === clientId);
  }

  put(entry) {
    return storage.set(`${prefix}-${entry.client_id}`, JSON.stringify(entry));
  }

  changed() {
    this.dispatchEvent(new Event("changed"));
  }

  emit(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  of(conversation) {
    return this.read().filter((entry) => entry.conversation === conversation);
  }

  /** The messages to send, in order. */
  ready(conversation) {
    return this.of(conversation).filter((entry) => !entry.failed && !isOld(entry));
  }

  waiting() {
    return this.read().filter((entry) => !entry.failed && !isOld(entry)).length;
  }

  old() {
    return this.read().filter((entry) => !entry.failed && isOld(entry));
  }

  /**
   * `files`: IDs of uploads that the message waits for. `about`: the message that it quotes: its
   * `sequence`, and what the composer shows of it.
   */
  add(conversation, body, files = [], about = null) {
    const now = new Date();
    const last = Math.max(0, ...this.read().map(({ at }) => at));
    const entry = {
      conversation, body: wellFormed(body), files, about, client_id: newId(), created_at: now.toISOString(),
      at: Math.max(now.getTime(), last + 1), // the order of writing, whatever the clock does
      ...heldNow(),
    };
    if (!this.put(entry)) this.emit("unkept");
    this.changed();
    this.flush();
    return entry;
  }

  update(clientId, values) {
    const entry = this.get(clientId);
    if (!entry) return;
    this.put({ ...entry, ...values });
    this.changed();
  }

  remove(clientId) {
    this.drop(clientId, (id) => uploads.forget(id));
    const entry = this.takenBack.get(clientId);
    if (!entry) return;
    this.takenBack.delete(clientId);
    (entry.files ?? []).forEach((id) => uploads.forget(id));
    this.emit("stored", entry);
  }

  /** Drop a message and its files without sending them. */
  discard(clientId) {
    this.drop(clientId, (id) => uploads.cancel(id));
  }

  /** Forget a message, and call a function for each of its files. */
  drop(clientId, withFile) {
    this.tries.delete(clientId);
    this.refusals.delete(clientId);
    const entry = this.get(clientId);
    if (!entry) return;
    storage.remove(`${prefix}-${clientId}`);
    (entry.files ?? []).forEach(withFile);
    this.changed();
  }

  /** Send a message that was refused, or so old that its author was asked first. */
  retry(clientId) {
    this.refusals.delete(clientId);
    if (this.get(clientId)?.failed) for (const id of this.get(clientId).files ?? []) uploads.renew(id);
    this.update(clientId, { failed: null, confirmed: true });
    this.flush();
  }

  /** Send a message again, after a rule questioned its text, with what its author has chosen. */
  resend(clientId, values) {
    this.update(clientId, { failed: null, shield: null, confirmed: true, ...values });
    this.flush();
  }

  /** Return a message to the composer, to be changed or discarded. */
  takeBack(clientId) {
    const entry = this.get(clientId);
    if (!entry || entry.isUnderWay) return;
    this.drop(clientId, () => {});
    this.takenBack.set(clientId, entry);
    this.emit("returned", entry);
  }

  // -- files -----------------------------------------------------------------------------------

  /** Return the files that aren't in a message yet, because it is still being written. */
  unsentFiles(conversation) {
    const used = new Set(this.read().flatMap(({ files }) => files ?? []));
    return uploads.of(conversation).filter(({ id }) => !used.has(id));
  }

  filesChanged() {
    for (const entry of this.read().filter(({ files, failed }) => files?.length && !failed)) {
      const records = entry.files.map((id) => uploads.get(id));
      const wrong = records.find((record) => !record || record.error);
      if (wrong !== undefined) this.update(entry.client_id, { failed: this.whyNot(wrong) });
    }
    this.changed();
    this.flush();
  }

  whyNot(record) {
    if (!record) return gettext("This browser has lost the file. Choose it again.");
    return fill("%(name)s: %(error)s", record);
  }

  waitsForFiles({ files = [] }) {
    return !files.every((id) => uploads.isReady(uploads.get(id)));
  }

  // -- sending ---------------------------------------------------------------------------------

  flush() {
    const conversations = this.read().map(({ conversation }) => conversation);
    for (const conversation of new Set(conversations)) this.drain(conversation);
  }

  async drain(conversation) {
    if (this.draining.has(conversation)) this.again.add(conversation);
    if (this.draining.has(conversation) || session.ended) return;
    this.draining.add(conversation);
    const work = () => this.drainAll(conversation);
    try {
      // One tab at a time, so that messages are sent in the order in which they were written.
      await (navigator.locks ? navigator.locks.request(`${prefix}-${conversation}`, work) : work());
    } finally {
      this.draining.delete(conversation);
    }
    if (this.again.delete(conversation)) this.drain(conversation);
  }

  async drainAll(conversation) {
    const underWay = new Map(); // client_id → promise of the entry and its response
    let isPosting = false; // one goes by POST, and nothing beside it
    let pause = 0; // milliseconds, once one has failed and what came after it is answered
    for (;;) {
      const may = !pause && !isPosting && !session.ended;
      for (const entry of may ? this.ready(conversation) : []) {
        const id = entry.client_id;
        if (underWay.has(id)) continue;
        if (underWay.size >= UNDER_WAY || this.waitsForFiles(entry) || this.holds(entry)) break;
        const isOnSocket = this.sendBySocket(entry, [...underWay.keys()].at(-1));
        if (!isOnSocket && underWay.size) break; // POSTs would overtake each other
        underWay.set(id, this.answer(entry).then((answer) => [entry, answer]));
        this.update(id, { isUnderWay: true }); // for all tabs: too late to take it back
        if (isOnSocket) continue;
        isPosting = true;
        this.sendByPost(entry);
        break;
      }
      if (underWay.size) {
        const answered = await Promise.race([...underWay.values(), this.nextChange()]);
        if (!answered) continue; // more was written meanwhile
        const [entry, answer] = answered;
        underWay.delete(entry.client_id);
        isPosting = false;
        pause = Math.max(pause, this.settle(entry, answer));
      } else if (pause && !session.ended) {
        await wait(pause);
        pause = 0;
      } else {
        return;
      }
    }
  }

  nextChange() {
    return new Promise((resume) => {
      this.addEventListener("changed", () => resume(null), { once: true });
    });
  }

  /** Record the outcome of a send; return the milliseconds to wait before the next one. */
  settle(entry, { ok, error }) {
    const id = entry.client_id;
    if (ok) {
      this.remove(id);
      if (ok.sequence) this.emit("sent", { ...entry, ...ok }); // otherwise it is held for review
      return 0;
    }
    this.update(id, { isUnderWay: false });
    if (!error) return PAUSE;
    const times = (this.refusals.get(id) ?? 0) + 1;
    this.refusals.set(id, times);
    if (FINAL.has(error.code) || (error.status === 500 && times >= SERVER_ERRORS)) {
      this.refusals.delete(id);
      this.update(id, { failed: error.detail, shield: error.shield ?? null });
      return 0;
    }
    const pause = error.retry_after * 1000 || Math.min(LONGEST_PAUSE, PAUSE * 2 ** (times - 1));
    this.emit("held", { detail: error.detail, pause });
    return pause;
  }

  /** Whether a message waits because its sender may still take it back. If so, check again afterwards. */
  holds(entry) {
    const left = heldFor(entry);
    if (left) {
      setTimeout(() => {
        this.changed();
        this.flush();
      }, left + 1);
    }
    return left > 0;
  }

  /**
   * When the page is left, send waiting messages immediately, although their author could still have taken
   * them back. Send the first one by POST, which outlives the page, and all by the socket, which keeps them
   * in order if it gets them.
   */
  sendHeld() {
    if (session.ended) return;
    for (const conversation of new Set(this.read().map((entry) => entry.conversation))) {
      let after;
      for (const entry of this.ready(conversation)) {
        if (!entry.isUnderWay && (!heldFor(entry) || this.waitsForFiles(entry))) break;
        if (!entry.isUnderWay && !after) {
          post(addresses.send(conversation), this.formOf(entry), { keepalive: true });
        }
        if (!entry.isUnderWay && !this.sendBySocket(entry, after)) break;
        after = entry.client_id;
      }
    }
  }

  formOf({ client_id, body, files = [], about, insists }) {
    const ids = filesOf(files).files ?? [];
    const form = [["client_id", client_id], ["body", body], ...ids.map((id) => ["files", id])];
    if (insists) form.push(["insists", 1]);
    return about ? [...form, ["quote", about.sequence]] : form;
  }

  sendBySocket({ conversation, client_id, body, files = [], about, insists }, after) {
    if (this.tries.get(client_id) >= SOCKET_TRIES) return false;
    const more = { ...(about && { quote: about.sequence }), ...(insists && { insists }) };
    const frame = { type: "message.send", conversation, client_id, body, ...more, ...filesOf(files) };
    return session.send(after ? { ...frame, after } : frame);
  }

  async sendByPost(entry) {
    const { client_id } = entry;
    this.posting.add(client_id);
    const answer = await post(addresses.send(entry.conversation), this.formOf(entry));
    this.posting.delete(client_id);
    if (answer?.ok && answer.body?.message) this.answered(client_id, { ok: answer.body.message });
    else if (answer?.ok && answer.body?.type === "message.held") this.answered(client_id, { ok: answer.body });
    else if (!answer || session.ended) this.answered(client_id, {});
    else this.answered(client_id, { error: this.refusalOf(answer) });
  }

  /** Return the server's response to a send; empty if there was none. */
  answer({ client_id }) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.tries.set(client_id, (this.tries.get(client_id) ?? 0) + 1);
        this.answered(client_id, {});
        session.suspect(PATIENCE);
      }, PATIENCE);
      this.answers.set(client_id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  refusalOf({ status, body }) {
    const detail = body?.detail ?? gettext("The server rejected this message.");
    return { code: status >= 500 ? "unavailable" : "invalid", ...body, detail, status };
  }

  /** Send again what was in progress on a socket that was lost. */
  lost(code) {
    for (const id of [...this.answers.keys()]) {
      if (this.posting.has(id)) continue;
      // If the socket was closed because of what was sent, send everything that may be the reason by
      // POST, which gets a response and doesn't close the socket again.
      const weight = NO_FAULT.has(code) ? 1 : SOCKET_TRIES;
      this.tries.set(id, (this.tries.get(id) ?? 0) + weight);
      this.answered(id, {});
    }
  }

  answered(clientId, answer) {
    const resolve = this.answers.get(clientId);
    this.answers.delete(clientId);
    resolve?.(answer);
    if (answer.ok && !resolve) this.remove(clientId);
  }
}

export const outbox = new Outbox();
