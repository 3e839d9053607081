// Keeps text until it is sent: it survives a reload, and is the same in all tabs.
import * as storage from "trato/storage";

export class Draft {
  /**
   * @param field the text field
   * @param key the key in the storage
   * @param changed called when another tab has changed or sent the text
   * @param area "local" for all tabs, "session" for this one
   * @param signal ends the draft when the field leaves the page
   */
  constructor(field, key, changed, { area = "local", signal } = {}) {
    Object.assign(this, { field, key, changed, area });
    this.stashed = null; // the draft, while the field is used for something else
    this.kept = storage.get(key, area) ?? ""; // what all tabs know
    this.isOwn = field.value !== ""; // typed before this started, or returned by the server
    if (this.isOwn) this.keep();
    else field.value = this.kept;
    field.autocomplete = "off"; // otherwise a reload brings back text that another tab has sent
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

  /** Put the draft aside until `restore`, to use the field for something else. */
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

  /** Empty the field after its text was sent, and follow the other tabs again. */
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
      this.keep(); // the other tab sent or dropped its own text
    }
  }
}

const ASKED = "trato-ask-";
export const SENT = "-sent"; // after a question's key: the text that was sent, and its number

/**
 * Drop the questions that are now in a conversation. They are recognised by `client_id`, or by their text if
 * they were sent before the script could store the `client_id`.
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
