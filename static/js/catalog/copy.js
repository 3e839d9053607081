// A text with a button that copies it. If it is in a form, copying also posts the form in the
// background: then the person has done what the form is about.
import { gettext } from "trato/text";

class Copy extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.copy());
    this.field.addEventListener("focus", () => this.field.select());
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.field.value);
    } catch {
      this.field.focus(); // selects the text, for the person's own keys
      return;
    }
    const done = gettext("Copied");
    this.button.querySelector("span").textContent = done;
    this.querySelector("[data-said]").textContent = done;
    const form = this.closest("form");
    if (form) fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => {});
  }
}

customElements.define("trato-copy", Copy);
