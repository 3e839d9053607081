// Notes that are written and not stored yet. They wait in localStorage, one key per note, and go by
// POST to the notes' own address, under their first `client_id`. Nothing here can send a message.
import { post } from "trato/api";
import { newId } from "trato/client-id";
import { addresses } from "trato/page";
import { session } from "trato/session";
import * as storage from "trato/storage";
import { gettext } from "trato/text";

const PAUSE = 1500; // milliseconds after an attempt that failed; doubled each time
const LONGEST_PAUSE = 30000;
const prefix = `trato-notes-${session.user}-`;

const keyOf = ({ conversation, client_id }) => `${prefix}${conversation}-${client_id}`;

class NoteOutbox extends EventTarget {
  pause = PAUSE;

  constructor() {
    super();
    for (const kind of ["live", "poll"]) session.on(kind, () => this.flush());
    window.addEventListener("storage", ({ key }) => key?.startsWith(prefix) && this.changed());
  }

  read(conversation = "") {
    const entries = storage.keys(conversation ? `${prefix}${conversation}-` : prefix).map((key) => {
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

  retry(entry) {
    this.put({ ...entry, failed: null });
    this.flush();
  }

  /** Send what waits, in order, one at a time. */
  async flush() {
    if (this.isBusy || session.ended) return;
    this.isBusy = true;
    clearTimeout(this.timer);
    let entry;
    while (!session.ended && (entry = this.read().find(({ failed }) => !failed))) {
      if (!(await this.send(entry))) {
        this.timer = setTimeout(() => this.flush(), this.pause);
        this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
        break;
      }
      this.pause = PAUSE;
    }
    this.isBusy = false;
  }

  /** Send one note; return false if it has to be sent again. */
  async send(entry) {
    const { conversation, client_id, body } = entry;
    const answer = await post(`${addresses.conversation(conversation)}notes/`, { client_id, body });
    if (answer?.ok && answer.body?.number) {
      this.dispatchEvent(new CustomEvent("stored", { detail: answer.body }));
      this.remove(entry);
      return true;
    }
    if (!answer || session.ended || answer.status === 429 || answer.status >= 500) return false;
    this.put({ ...entry, failed: answer.body?.detail ?? gettext("The server rejected this note.") });
    return true;
  }
}

export const noteOutbox = new NoteOutbox();
