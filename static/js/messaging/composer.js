// The composer: Enter sends, drafts survive a reload, and a counter appears near the limit.
import { SUSPENDED } from "trato/close-codes";
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { Draft } from "trato/drafts";
import { isComposing } from "trato/insert";
import { fill, lengthOf, ngettext } from "trato/text";

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

/** Whether a key means to send: Enter, but on a keyboard only, and not to end a composition. */
export function isSend(event) {
  const touch = matchMedia("(pointer: coarse)").matches;
  return event.key === "Enter" && !event.shiftKey && !isComposing(event) && !touch;
}

class Composer extends HTMLElement {
  typedAt = 0; // when the others were last told; 0: they were not, or that it is over

  /** The form posts without scripts, unless the thread can show new messages. */
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
    this.form.noValidate = true;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.changed());
    session.on("ended", ({ code }) => this.allow(code !== SUSPENDED), signal);
    session.on("resumed", () => this.allow(true), signal);
    outbox.addEventListener("returned", ({ detail }) => this.takeBack(detail), { signal });
    this.field.addEventListener("keydown", (event) => {
      if (isSend(event)) {
        event.preventDefault();
        this.send();
      }
    });
    count(this.field, this.counter);
    // Not on a phone, where a keyboard would cover half of what there is to read.
    const isFree = document.activeElement === document.body;
    if (isFree && matchMedia("(pointer: fine)").matches) this.field.focus({ preventScroll: true });
  }

  /** A suspended person reads why in place of the form; what was being written is kept. */
  allow(mayWrite) {
    this.form.hidden = !mayWrite;
    this.querySelector(".composer__suspended").hidden = mayWrite;
  }

  changed() {
    this.draft.keep();
    count(this.field, this.counter);
    this.tellTyping();
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
  takeBack({ conversation, body }) {
    if (conversation !== this.conversation) return;
    this.field.value = [body, this.field.value].filter(Boolean).join("\n\n");
    this.changed();
    this.field.focus();
  }

  send() {
    const body = this.field.value.trim();
    if (!body || !count(this.field, this.counter)) return;
    outbox.add(this.conversation, body);
    this.draft.clear();
    this.typedAt = 0; // the other side's line went with the message
    this.changed();
    this.field.focus();
  }
}

customElements.define("trato-composer", Composer);
