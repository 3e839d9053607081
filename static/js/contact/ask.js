// The ask panel: suggested questions fill the field, and its text is kept until it is sent. The
// form's `client_id` keeps a second click from asking twice.
import { newId } from "trato/client-id";
import { count } from "trato/composer";
import { Draft, SENT } from "trato/drafts";
import { session } from "trato/session";
import * as storage from "trato/storage";

// A visitor's text doesn't belong to an account yet, so it goes with the tab. After a login in that tab, it
// is kept.
const AREA = session.user ? "local" : "session";
const PREFIX = `trato-ask-${session.user ?? ""}`;
const VISITOR = "trato-ask-";

class Ask extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.field = this.form.querySelector("textarea");
    this.id_ = this.form.querySelector("[name=client_id]");
    this.counter = this.form.querySelector(".composer__counter");
    const path = new URL(this.form.action).pathname;
    this.key = `${PREFIX}${path}`;
    if (session.user) this.adopt(`${VISITOR}${path}`);
    this.draft = new Draft(this.field, this.key, () => this.changed(), { area: AREA });
    if (!this.form.querySelector("[role=alert]")) this.resume();
    const ready = this.form.querySelector(".ask__ready");
    if (ready) ready.hidden = false;
    this.addEventListener("click", ({ target }) => {
      if (!target.matches("[data-question]")) return;
      this.field.value = target.textContent;
      this.field.focus();
      this.changed();
    });
    this.field.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => {
      if (count(this.field, this.counter)) this.sending();
      else event.preventDefault();
    });
    count(this.field, this.counter);
    // The bar that leads to the panel would only cover it.
    new IntersectionObserver(([seen]) => this.toggleAttribute("data-in-view", seen.isIntersecting))
      .observe(this.field);
  }

  /** Give what a visitor wrote in this tab to the person who has logged in here. */
  adopt(key) {
    for (const end of ["", SENT]) {
      const text = storage.get(key + end, "session");
      if (text !== null && storage.get(this.key + end) === null) storage.set(this.key + end, text);
      storage.remove(key + end, "session");
    }
  }

  /**
   * If this text was sent before, the server has it, or gets it under the same `client_id`. If it was sent
   * before this script could store that, it is recognised by its content.
   */
  resume() {
    const words = this.field.value;
    const sent = this.sent() ?? { body: words };
    if (sent.body !== words) return;
    const { sentId, sentBody } = this.dataset;
    if (sent.client_id ? sent.client_id === sentId : words.trim() === sentBody) {
      storage.remove(this.key + SENT, AREA);
      this.draft.clear();
    } else if (sent.client_id) this.id_.value = sent.client_id;
  }

  sent() {
    try {
      return JSON.parse(storage.get(this.key + SENT, AREA));
    } catch {
      return null;
    }
  }

  sending() {
    const sent = { client_id: this.id_.value, body: this.field.value };
    storage.set(this.key + SENT, JSON.stringify(sent), AREA);
    this.draft.keep();
  }

  changed() {
    this.draft.keep();
    count(this.field, this.counter);
    // A different text under a used `client_id` is another question.
    const sent = this.sent();
    if (sent?.client_id === this.id_.value && sent.body !== this.field.value) this.id_.value = newId();
  }
}

customElements.define("trato-ask", Ask);
