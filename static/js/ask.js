// The ask panel: ready questions fill the field, and one click sends once.
import { count } from "trato/composer";

class Ask extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    const field = form.querySelector("textarea");
    const counter = form.querySelector(".composer__counter");
    const ready = form.querySelector(".ask__ready");
    if (ready) ready.hidden = false;
    this.addEventListener("click", ({ target }) => {
      if (!target.matches("[data-question]")) return;
      field.value = target.textContent;
      field.focus();
    });
    field.addEventListener("input", () => count(field, counter));
    form.addEventListener("submit", (event) => {
      if (!count(field, counter) || this.sent) event.preventDefault();
      this.sent = !event.defaultPrevented || this.sent;
    });
    window.addEventListener("pageshow", () => (this.sent = false));
  }
}

customElements.define("trato-ask", Ask);
