// Notes that are written but not stored yet. They wait in localStorage, one key per note, and go by POST to
// the notes' own URL, under their first `client_id`. Nothing here can send a message.
import { post } from "trato/api";
import { newId } from "trato/client-id";
import { isOld } from "trato/outbox";
import { addresses } from "trato/page";
import { session } from "trato/session";
import * as storage from "trato/storage";
import { gettext } from "trato/text";

const NOTE_PAUSE = 1500; // milliseconds after an attempt that failed; doubled each time
const LONGEST_NOTE_PAUSE = 30000;
const NOTE_SERVER_ERRORS = 3; // in a row, until a note counts as refused
const notePrefix = `trato-notes-${session.user}-`;

const keyOf = ({ conversation, client_id }) => `${notePrefix}${conversation}-${client_id}`;

class NoteOutbox extends EventTarget {
  pause = NOTE_PAUSE;
  underWay = null; // the client ID of the note that is being sent
  errors = new Map(); // client ID → times in a row that the server failed to store it

  constructor() {
    super();
    for (const kind of ["live", "poll"]) session.on(kind, () => this.flush());
    window.addEventListener("storage", ({ key }) => key?.startsWith(notePrefix) && this.changed());
  }

  read(conversation = "") {
    const entries = storage.keys(conversation ? `${notePrefix}${conversation}-` : notePrefix).map((key) => {
      try {
        return JSON.parse(storage.get(key));
      } catch {
        return null;
      }
    });
    return entries.filter((entry) => entry?.client_id).sort((one, other) => one.at - other.at);
  }

  changed() {
    this.dispatchEvent(new Event("changed"));
  }

  put(entry) {
    storage.set(keyOf(entry), JSON.stringify(entry));
    this.changed();
  }

  add(conversation, body) {
    const at = Math.max(Date.now(), ...this.read().map((entry) => entry.at + 1));
    this.put({ conversation, body, client_id: newId(), at, created_at: new Date().toISOString() });
    this.flush();
  }

  remove(entry) {
    if (storage.get(keyOf(entry)) === null) return;
    storage.remove(keyOf(entry));
    this.changed();
  }

  /** Send a note that was refused, or so old that its author was asked first. */
  retry(entry) {
    this.errors.delete(entry.client_id);
    this.put({ ...entry, failed: null, confirmed: true });
    this.flush();
  }

  /** Return the old notes: we ask their author before we send them. */
  old() {
    return this.read().filter((entry) => !entry.failed && isOld(entry));
  }

  next() {
    return this.read().find((entry) => !entry.failed && !isOld(entry));
  }

  /** Send the waiting notes in order, one at a time. */
  async flush() {
    if (this.isBusy || session.ended) return;
    this.isBusy = true;
    clearTimeout(this.timer);
    let entry;
    while (!session.ended && (entry = this.next())) {
      if (!(await this.send(entry))) {
        this.timer = setTimeout(() => this.flush(), this.pause);
        this.pause = Math.min(LONGEST_NOTE_PAUSE, this.pause * 2);
        break;
      }
      this.pause = NOTE_PAUSE;
    }
    this.isBusy = false;
  }

  /** Send one note; returns false if it must be sent again. */
  async send(entry) {
    const { conversation, client_id, body } = entry;
    this.underWay = client_id;
    this.changed();
    const answer = await post(`${addresses.conversation(conversation)}notes/`, { client_id, body });
    this.underWay = null;
    this.changed();
    if (answer?.ok && answer.body?.number) {
      this.dispatchEvent(new CustomEvent("stored", { detail: answer.body }));
      this.remove(entry);
      return true;
    }
    if (!answer || session.ended || answer.status === 429 || this.mayPass(client_id, answer)) return false;
    this.errors.delete(client_id);
    this.put({ ...entry, failed: answer.body?.detail ?? gettext("The server rejected this note.") });
    return true;
  }

  /** Whether a server error may pass. If it repeats, the note itself may be the reason. */
  mayPass(id, { status }) {
    this.errors.set(id, (this.errors.get(id) ?? 0) + (status === 500));
    return status >= 500 && this.errors.get(id) < NOTE_SERVER_ERRORS;
  }
}

export const noteOutbox = new NoteOutbox();
