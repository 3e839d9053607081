// The switch "Message | Note" and the box for notes. A note has its own form, field and draft, so that
// neither a key nor a mistake can send a note as a message, or a message as a note.
import { SUSPENDED } from "trato/close-codes";
import { count, isSend } from "trato/composer";
import { Draft } from "trato/drafts";
import { MentionList } from "trato/mention-list";
import { noteOutbox } from "trato/note-outbox";
import { outbox } from "trato/outbox";
import { session } from "trato/session";
import * as storage from "trato/storage";

class NoteComposer extends HTMLElement {
  async connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    await Promise.all(["trato-thread", "trato-composer"].map((name) => customElements.whenDefined(name)));
    this.thread = this.closest("trato-thread");
    this.composer = this.closest("trato-composer");
    if (!this.thread?.follows) return;
    this.modes = this.composer.querySelector(".composer__modes");
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.counter = this.querySelector(".composer__counter");
    const { conversation } = this.thread.dataset;
    this.conversation = Number(conversation);
    this.modeKey = `trato-notemode-${session.user}-${conversation}`;
    const counted = () => count(this.field, this.counter);
    this.draft = new Draft(this.field, `trato-notedraft-${session.user}-${conversation}`, counted);
    new MentionList(this.field, this.querySelector(".mentions"), this.dataset.people, signal);
    this.form.noValidate = true;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    }, { signal });
    this.field.addEventListener("input", () => {
      this.draft.keep();
      counted();
    }, { signal });
    this.field.addEventListener("keydown", (event) => {
      if (!isSend(event) || event.defaultPrevented) return;
      event.preventDefault();
      this.add();
    }, { signal });
    this.modes.addEventListener("change", ({ target }) => this.set(target.value), { signal });
    outbox.addEventListener("returned", () => this.set("message"), { signal });
    session.on("ended", ({ code }) => code === SUSPENDED && this.allow(false), signal);
    session.on("resumed", () => this.allow(true), signal);
    counted();
    this.modes.hidden = false;
    // Show the same box after a reload, so that nobody goes on typing in the other one.
    if (storage.get(this.modeKey, "session") === "note") this.set("note", { focus: document.activeElement?.id === "composer-body" });
  }

  disconnectedCallback() {
    this.gone.abort();
  }

  allow(mayWrite) {
    this.modes.hidden = !mayWrite;
    if (!mayWrite) this.set("message", { focus: false });
  }

  /** Show a mode's box, for a key, unless it is already shown or can't be. */
  show(mode) {
    if (this.modes && !this.modes.hidden && (this.composer.dataset.mode ?? "message") !== mode) this.set(mode);
  }

  set(mode, { focus = true } = {}) {
    this.composer.dataset.mode = mode;
    this.modes.querySelector(`[value=${mode}]`).checked = true;
    if (mode === "note") storage.set(this.modeKey, mode, "session");
    else storage.remove(this.modeKey, "session");
    this.dispatchEvent(new CustomEvent("mode", { detail: mode, bubbles: true }));
    if (focus) (mode === "note" ? this.field : this.composer.querySelector("textarea")).focus();
  }

  /** Add the note, and stay in the box for notes: the next text may belong to it, not to the shopper. */
  add() {
    const body = this.field.value.trim();
    if (!body || !count(this.field, this.counter)) return;
    noteOutbox.add(this.conversation, body);
    this.draft.clear();
    count(this.field, this.counter);
    this.thread.wrote();
    this.field.focus();
  }
}

customElements.define("trato-note-composer", NoteComposer);
