// Suggests the shop's own past answers above the message box while the shopper waits. "Use" puts an answer
// into the box; nothing is sent. Once hidden, suggestions stay hidden in this tab until the next question.
// Hidden answers aren't in the page either, and text that was taken back elsewhere disappears.
import { getJSON } from "trato/api";
import { insertAt } from "trato/insert";
import { session } from "trato/session";
import * as storage from "trato/storage";
import { fill, gettext } from "trato/text";

const WITHOUT_SOCKET = 5000; // milliseconds, at least, between two requests if no event comes

class Suggestions extends HTMLElement {
  isBehind = false; // events may have been missed
  askedAt = -Infinity;
  items = null; // what is drawn, as JSON

  async connectedCallback() {
    this.thread = this.closest("trato-thread");
    this.conversation = Number(this.thread.dataset.conversation);
    this.key = `trato-suggestions-${session.user}-${this.conversation}`;
    this.list = this.querySelector("ul");
    this.status = this.querySelector("[role=status]");
    this.item = this.querySelector("template").content.firstElementChild;
    this.querySelector(".suggestions__close").addEventListener("click", () => this.dismiss());
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    session.on("message.created", (message) => this.said(message), signal);
    session.on("message.changed", (message) => this.changed(message), signal);
    session.on("conversation.state", ({ conversation, messages }) => {
      if (conversation === this.conversation && messages.length) this.load();
    }, signal);
    session.on("lost", () => (this.isBehind = true), signal);
    session.on("live", () => this.isBehind && this.load(), signal);
    session.on("poll", () => this.polled(), signal);
    await this.load();
  }

  disconnectedCallback() {
    this.listeners.abort();
    this.asked = null;
  }

  /** Hide the suggestions after the shop's answer; load others after another question. */
  said({ conversation, side, automatic }) {
    if (conversation !== this.conversation || automatic) return;
    if (side !== "seller") return this.load();
    this.asked = this.isAsking = null; // a response on its way is older than this message
    this.hide();
  }

  /** Follow a changed message in this conversation, or in one with a suggested answer. */
  changed({ conversation, removed, withdrawn }) {
    const items = [...this.list.querySelectorAll(`[data-conversation="${conversation}"]`)];
    if (items.length && (removed || withdrawn)) {
      this.items = null;
      items.forEach((item) => item.remove()); // whether the server responds or not
    }
    if (!this.list.childElementCount) this.hide();
    // A response on its way may be older than the change.
    if (items.length || this.isAsking || conversation === this.conversation) this.load();
  }

  polled() {
    this.isBehind = true;
    if (!this.hidden && performance.now() - this.askedAt > WITHOUT_SOCKET) this.load();
  }

  async load() {
    const asked = (this.asked = {}); // so that an older response that arrives later is dropped
    this.askedAt = performance.now();
    this.isAsking = true;
    if (session.live) this.isBehind = false;
    const answer = await getJSON(this.dataset.source);
    if (asked !== this.asked) return;
    this.isAsking = false;
    if (!answer) return;
    this.sequence = answer.sequence;
    const isDismissed = Number(storage.get(this.key, "session")) >= answer.sequence;
    if (isDismissed || !answer.items.length) return this.hide();
    this.hidden = false;
    const items = JSON.stringify(answer.items);
    if (items === this.items) return; // don't redraw: the focus may be on one of them
    this.items = items;
    this.list.replaceChildren(...answer.items.map((item) => this.draw(item)));
  }

  hide() {
    this.hidden = true;
    this.items = null;
    this.list.replaceChildren();
  }

  draw({ conversation, body, question, age, about, is_same_product: isSame, warnings }) {
    const item = this.item.cloneNode(true);
    item.dataset.conversation = conversation;
    const words = item.querySelector(".suggestions__body");
    words.textContent = body;
    words.title = body;
    const product = isSame ? gettext("same product") : about;
    const facts = [age, product, fill(gettext("to “%(question)s”"), { question })];
    item.querySelector(".suggestions__about").textContent = facts.filter(Boolean).join(" · ");
    const warning = item.querySelector(".suggestions__warning");
    warning.hidden = !warnings.length;
    warning.querySelector("span").textContent = warnings.join(" ");
    const button = item.querySelector("button");
    button.setAttribute("aria-label", `${button.textContent.trim()}: ${body}`);
    button.addEventListener("click", () => this.use(body, warnings));
    return item;
  }

  use(body, warnings) {
    const field = this.thread.querySelector("trato-composer textarea");
    insertAt(field, body, field.selectionStart, field.selectionEnd);
    this.status.textContent = [gettext("The answer is in the message box."), ...warnings].join(" ");
  }

  dismiss() {
    storage.set(this.key, String(this.sequence), "session");
    this.hide();
    this.thread.querySelector("trato-composer textarea")?.focus();
  }
}

customElements.define("trato-suggestions", Suggestions);
