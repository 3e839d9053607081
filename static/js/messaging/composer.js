// The composer: Enter sends, drafts survive a reload, and a counter appears near the limit.
import { SUSPENDED } from "trato/close-codes";
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { About } from "trato/composer-target";
import { Attachments } from "trato/attachments";
import { Draft } from "trato/drafts";
import { isComposing } from "trato/insert";
import { fill, lengthOf, ngettext } from "trato/text";
import { chooseToWait, waitsToSend } from "trato/undo-send";

const TYPING_EVERY = 3000; // milliseconds
const COUNT_FROM = 0.9; // of the limit

/** Show how many characters are left; return false if there are too many. */
export function count(field, counter) {
  const limit = Number(field.dataset.limit);
  const left = limit - lengthOf(field.value.trim());
  counter.hidden = left > limit * (1 - COUNT_FROM);
  counter.textContent = left < 0
    ? fill(ngettext("%(count)s character too many", "%(count)s characters too many", -left), { count: -left })
    : fill(ngettext("%(count)s character left", "%(count)s characters left", left), { count: left });
  counter.classList.toggle("field__error", left < 0);
  return left >= 0;
}

/** Whether a key sends: Enter on a keyboard, unless it ends a composition. */
export function isSend(event) {
  const touch = matchMedia("(pointer: coarse)").matches;
  return event.key === "Enter" && !event.shiftKey && !isComposing(event) && !touch;
}

class Composer extends HTMLElement {
  typedAt = 0; // when this tab last said that the person is typing; 0: never, or it has said that they stopped

  /** Take over from the form, which posts without scripts, if the thread can show new messages. */
  async connectedCallback() {
    await customElements.whenDefined("trato-thread");
    if (this.closest("trato-thread")?.follows) this.takeOver();
  }

  disconnectedCallback() {
    this.listeners?.abort();
    if (this.typedAt) session.send({ type: "typing", conversation: this.conversation, stopped: true });
  }

  takeOver() {
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.counter = this.querySelector(".composer__counter");
    this.conversation = Number(this.closest("trato-thread").dataset.conversation);
    const key = `trato-draft-${session.user}-${this.conversation}`;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.draft = new Draft(this.field, key, () => count(this.field, this.counter), { signal });
    this.about = new About(this);
    this.form.noValidate = true;
    this.files = new Attachments(this, this.conversation, {
      most: Number(this.dataset.filesMax), mostBytes: Number(this.dataset.fileMaxBytes), signal,
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.changed());
    session.on("ended", ({ code }) => this.allow(code !== SUSPENDED), signal);
    session.on("resumed", () => this.allow(true), signal);
    outbox.addEventListener("returned", ({ detail }) => this.takeBack(detail), { signal });
    outbox.addEventListener("stored", ({ detail }) => this.dropIfSame(detail), { signal });
    this.field.addEventListener("keydown", (event) => {
      if (isSend(event)) {
        event.preventDefault();
        this.send();
      } else if (event.key === "ArrowUp" && (event.ctrlKey || event.metaKey) && !this.field.value) {
        event.preventDefault();
        this.editLast();
      } else if (event.key === "Escape" && this.about.isBusy) {
        event.preventDefault();
        event.stopPropagation();
        this.about.end();
      }
    });
    this.offerUndoSend();
    this.about.resumeEdit(this.closest("trato-thread").dataset.messages).then(() => this.recount());
    count(this.field, this.counter);
    // Not on a phone, where the keyboard would cover half of the thread.
    const isFree = document.activeElement === document.body;
    if (isFree && matchMedia("(pointer: fine)").matches) this.field.focus({ preventScroll: true });
  }

  /** Show a suspended person the reason in place of the form; keep what they were writing. */
  allow(mayWrite) {
    this.form.hidden = !mayWrite;
    this.querySelector(".composer__suspended").hidden = mayWrite;
  }

  changed() {
    this.recount();
    if (this.about.editing !== null) return this.about.keepEdit(); // this isn't a new message
    this.draft.keep();
    this.tellTyping();
  }

  recount() {
    count(this.field, this.counter);
  }

  /** Offer, in the conversation's menu, that each message waits a few seconds, to be taken back. */
  offerUndoSend() {
    const button = this.closest("trato-thread").querySelector("[data-undo-send]");
    const show = () => (button.ariaPressed = String(waitsToSend()));
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      chooseToWait(!waitsToSend());
      show();
    });
  }

  // -- quoting and editing ---------------------------------------------------------------------

  quote(quoting) {
    this.about.quote(quoting);
    this.toMessage();
  }

  async edit(sequence) {
    await this.about.edit(this.closest("trato-thread").dataset.messages, sequence);
    this.recount();
    this.toMessage();
  }

  editLast() {
    const last = this.closest("trato-thread").lastOwn();
    if (last) this.edit(last);
  }

  /** Save an edit. The person may write more meanwhile; if so, the text stays here, to be saved too. */
  async saveEdit(body) {
    const { editing } = this.about;
    this.about.refuse("");
    const { refusal } = await this.closest("trato-thread").change(editing, { act: "edit", body });
    if (refusal) this.about.refuse(refusal);
    else if (this.about.editing === editing && this.field.value.trim() === body) this.about.end();
    this.field.focus();
  }

  /** Focus the box for messages; a shop has another one for notes. */
  toMessage() {
    const mode = this.querySelector(".composer__modes [value=message]");
    if (mode && !mode.checked) mode.click();
    this.field.focus();
  }

  tellTyping() {
    const { conversation } = this;
    const now = Date.now();
    if (this.field.value && now > this.typedAt + TYPING_EVERY) {
      this.typedAt = now;
      session.send({ type: "typing", conversation });
    } else if (!this.field.value && this.typedAt) {
      this.typedAt = 0;
      session.send({ type: "typing", conversation, stopped: true });
    }
  }

  /** Put a waiting message back, above what was written since. */
  takeBack({ conversation, body, about }) {
    if (conversation !== this.conversation) return;
    if (this.about.editing !== null) this.about.end();
    this.about.quoteAgain(about);
    this.field.value = [body, this.field.value].filter(Boolean).join("\n\n");
    this.changed();
    this.field.focus();
  }

  /** Clear the text of a message that was taken back too late: it has already been sent. */
  dropIfSame({ conversation, body }) {
    if (conversation !== this.conversation || this.draft.text.trim() !== body) return;
    this.about.end({ resume: false });
    this.draft.clear();
    this.changed();
  }

  /** Wait for a saved reply's files, then send the message with them, unless it has changed meanwhile. */
  async sendWithExpected() {
    const { value } = this.field;
    const haveArrived = await this.files.haveArrived();
    const isSame = this.field.value === value && this.about.editing === null;
    if (haveArrived && isSame && this.isConnected) this.send();
  }

  send() {
    const body = this.field.value.trim();
    const isEditing = this.about.editing !== null;
    if (!isEditing && this.files.expected.size) return this.sendWithExpected();
    const files = isEditing ? [] : this.files.ids();
    if (!(body || files.length || isEditing) || !count(this.field, this.counter)) return;
    if (isEditing) return this.saveEdit(body);
    if (this.files.hasRefused()) return;
    const { sequence, name } = this.about.quoting ?? {};
    outbox.add(this.conversation, body, files, sequence ? { sequence, name } : null);
    this.files.say("");
    this.closest("trato-thread").wrote();
    this.about.end();
    this.draft.clear();
    this.typedAt = 0; // the message ends the typing line on the other side
    this.changed();
    this.field.focus();
  }
}

customElements.define("trato-composer", Composer);
