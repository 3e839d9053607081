// Reminders to answer: the one that this side received, and the form that sends one.
import { post } from "trato/api";
import { format } from "trato/local-time";
import { session } from "trato/session";
import { fill, gettext } from "trato/text";

class Nudge extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.side = this.dataset.side;
    this.conversation = Number(this.dataset.conversation);
    this.last = Number(this.dataset.last); // the newest message that the page has shown
    this.line = this.querySelector(".nudge__line");
    this.form = this.querySelector(".nudge__form");
    if (!this.line.textContent.trim()) this.line.replaceChildren(); // CSS depends on whether it is empty
    const here = (listener) => (frame) => frame.conversation === this.conversation && listener(frame);
    session.on("nudge.sent", here(({ side, sent_at: at }) => this.show(side, at)), signal);
    session.on("conversation.state", here(({ messages, nudged }) => {
      messages.forEach((message) => this.answered(message));
      const [side] = Object.keys(nudged);
      if (side) this.show(side, nudged[side]);
      else this.clear();
    }), signal);
    session.on("message.created", here((message) => this.answered(message)), signal);
    session.on("inbox.changed", here(({ turn }) => this.turned(turn)), signal);
    session.on("conversation.ended", here(() => this.turned("")), signal);
    document.addEventListener("visibilitychange", () => this.markRead(), { signal });
    this.form?.addEventListener("submit", (event) => this.send(event), { signal });
    this.markRead();
  }

  disconnectedCallback() {
    this.gone.abort();
  }

  /** The name in the head, which changes when the other side deletes the account. */
  get counterpart() {
    return this.closest("trato-thread").querySelector(".thread__title").textContent.trim();
  }

  async send(event) {
    event.preventDefault();
    if (this.isSending) return;
    this.isSending = true;
    const answer = await post(this.form.action, {});
    this.isSending = false;
    if (answer?.ok) return this.show(answer.body.side, answer.body.sent_at);
    const error = this.form.querySelector(".field__error");
    error.textContent = answer?.body?.detail ?? gettext("That isn't possible right now. Try again in a moment.");
    error.hidden = false;
  }

  show(side, at) {
    const time = format("when", new Date(at));
    const isOwn = side === this.side;
    this.write(isOwn
      ? fill(gettext("Reminder sent: %(time)s"), { time })
      : fill(gettext("%(name)s sent you a reminder: %(time)s"), { name: this.counterpart, time }));
    if (isOwn) this.hideForm();
    else this.dataset.received = at;
    this.markRead();
  }

  /** Record a new message: now it is the other side's turn to answer. */
  answered({ sequence, side, automatic }) {
    if (sequence <= this.last) return;
    this.last = sequence;
    if (!automatic) this.turned(side === "consumer" ? "seller" : "consumer");
  }

  turned(turn) {
    const isReceived = "received" in this.dataset;
    const isOurs = turn === this.side;
    if (isReceived !== isOurs || !turn) this.clear();
    if (isOurs || !turn) this.hideForm();
  }

  clear() {
    delete this.dataset.received;
    this.write("");
  }

  hideForm() {
    if (!this.form) return;
    const hadFocus = this.form.contains(document.activeElement);
    this.form.hidden = true;
    if (hadFocus) this.closest("trato-thread").querySelector("#composer-body")?.focus();
  }

  /** Mark the reminder as read: the person sees it here, so the bell needn't show it. */
  markRead() {
    const { received } = this.dataset;
    if (!received || received === this.marked || document.visibilityState !== "visible") return;
    this.marked = received;
    post(this.dataset.read, {});
  }

  write(text) {
    if (this.line.textContent.trim() !== text) this.line.textContent = text; // otherwise it would be read out again
  }
}

customElements.define("trato-nudge", Nudge);
