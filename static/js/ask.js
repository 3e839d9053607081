// The ask panel: ready questions fill the field. That two clicks ask once is the server's doing.
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
      if (!count(field, counter)) event.preventDefault();
    });
  }
}

customElements.define("trato-ask", Ask);
