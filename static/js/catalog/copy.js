// A text with a button that copies it. In a form, copying also posts the form in the background, because the
// person has then done what the form is for.
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
      this.field.focus(); // selects the text, so that the person can copy it by keyboard
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
