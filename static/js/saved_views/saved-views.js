// Saves the list's filter under a name, and shows the list with it, without loading a page.
import { post } from "trato/api";
import { gettext } from "trato/text";

class SavedViews extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.submitted(event));
  }

  async submitted(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("button");
    button.disabled = true;
    const answer = await post(form.action, [...new FormData(form)]);
    button.disabled = false;
    if (!answer?.ok || !answer.body) return this.refuse(answer?.body?.detail);
    const query = `?${answer.body.query}`;
    const panes = this.closest("trato-panes");
    if (!panes?.isWide) return location.assign(this.dataset.list + query);
    this.querySelector("summary").focus(); // the new menu then gets the focus
    await panes.fillList(query);
    panes.status.textContent = gettext("The view was saved.");
  }

  /** Say what is wrong next to the name, and keep the name. */
  refuse(words = gettext("That didn't work. Try again in a moment.")) {
    const field = this.querySelector("#saved-view-name");
    const error = this.querySelector(".field__error");
    error.textContent = words;
    error.hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", error.id);
    field.focus();
  }
}

customElements.define("trato-saved-views", SavedViews);
