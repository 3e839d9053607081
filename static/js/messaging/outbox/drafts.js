// Keep text until it is sent: after a reload, and the same in all tabs.
import * as storage from "trato/storage";

export class Draft {
  /**
   * @param field the text field
   * @param key the key in the storage
   * @param changed is called when another tab has changed or sent it
   * @param area "local" for all tabs, "session" for this one
   * @param signal aborts it when the field leaves the page
   */
  constructor(field, key, changed, { area = "local", signal } = {}) {
    Object.assign(this, { field, key, changed, area });
    this.stashed = null; // the draft, while the field is for something else
    this.kept = storage.get(key, area) ?? ""; // what all tabs know
    this.isOwn = field.value !== ""; // typed before this began, or given back by the server
    if (this.isOwn) this.keep();
    else field.value = this.kept;
    field.autocomplete = "off"; // else the browser brings back on reload what was sent elsewhere
    field.addEventListener("input", () => (this.isOwn = true), { signal });
    window.addEventListener("storage", (event) => event.key === key && this.follow(), { signal });
    window.addEventListener("pageshow", () => this.follow(), { signal });
  }

  get text() {
    return this.stashed ?? this.field.value;
  }

  set text(text) {
    if (this.stashed === null) this.field.value = text;
    else this.stashed = text;
  }

  /** The field is for something else until `restore`. */
  stash() {
    this.stashed ??= this.field.value;
  }

  restore() {
    this.field.value = this.text;
    this.stashed = null;
  }

  /** Store what is written now. */
  keep() {
    this.kept = this.text;
    if (this.kept) storage.set(this.key, this.kept, this.area);
    else storage.remove(this.key, this.area);
  }

  /** It was sent: the field is empty, and follows the other tabs again. */
  clear() {
    this.field.value = "";
    this.isOwn = false;
    this.keep();
  }

  /** Use another tab's text, but never replace different text that was typed here. */
  follow() {
    const now = storage.get(this.key, this.area) ?? "";
    if (now === this.kept) return;
    const wasSame = this.text === this.kept;
    this.kept = now;
    if (wasSame && (!this.isOwn || !now)) {
      this.text = now;
      this.isOwn = false;
      this.changed();
    } else if (!now && this.text) {
      this.keep(); // what the other tab sent or dropped was its own
    }
  }
}

const ASKED = "trato-ask-";
export const SENT = "-sent"; // after a question's key: the words that were sent, and their number

/**
 * Drop the questions that are in a conversation now. They are recognised by `client_id`, or by
 * their words if they were sent before the script could store that.
 */
export function dropSentQuestions(clientIds, ownWords) {
  for (const area of ["local", "session"]) {
    for (const key of storage.keys(ASKED, area).filter((one) => !one.endsWith(SENT))) {
      const words = storage.get(key, area) ?? "";
      const sent = JSON.parse(storage.get(key + SENT, area));
      const isThere = clientIds.has(sent?.client_id) && sent.body === words;
      if (!isThere && !ownWords.has(words.trim())) continue;
      storage.remove(key, area);
      storage.remove(key + SENT, area);
    }
  }
}
