// The shop's own past answers, above the message box while the shopper waits. "Use" puts one into
// the box; nothing is sent. Once hidden, they stay hidden in this tab until the next question.
import { getJSON } from "trato/api";
import { insertAt } from "trato/insert";
import { session } from "trato/session";
import * as storage from "trato/storage";
import { fill, gettext } from "trato/text";

class Suggestions extends HTMLElement {
  async connectedCallback() {
    this.thread = this.closest("trato-thread");
    this.conversation = Number(this.thread.dataset.conversation);
    this.key = `trato-suggestions-${session.user}-${this.conversation}`;
    this.list = this.querySelector("ul");
    this.status = this.querySelector("[role=status]");
    this.item = this.querySelector("template").content.firstElementChild;
    this.querySelector(".suggestions__close").addEventListener("click", () => this.dismiss());
    this.listeners = new AbortController();
    for (const kind of ["message.created", "message.changed"]) {
      session.on(kind, (message) => this.changed(message), this.listeners.signal);
    }
    await this.load();
  }

  disconnectedCallback() {
    this.listeners.abort();
    this.asked = null;
  }

  /** An answer ends the wait; another question asks for other answers. */
  changed({ conversation, side, automatic }) {
    if (conversation !== this.conversation || automatic) return;
    if (side === "seller") this.hidden = true;
    else this.load();
  }

  async load() {
    const asked = (this.asked = {}); // so that an answer that was overtaken is dropped
    const answer = await getJSON(this.dataset.source);
    if (!answer || asked !== this.asked) return;
    this.sequence = answer.sequence;
    const isDismissed = Number(storage.get(this.key, "session")) >= answer.sequence;
    this.list.replaceChildren(...answer.items.map((item) => this.draw(item)));
    this.hidden = isDismissed || answer.items.length === 0;
  }

  draw({ body, question, age, about, is_same_product: isSame, warnings }) {
    const item = this.item.cloneNode(true);
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
    this.hidden = true;
    this.thread.querySelector("trato-composer textarea")?.focus();
  }
}

customElements.define("trato-suggestions", Suggestions);
