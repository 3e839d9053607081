// Whether somebody of the shop is there, as long as the socket says so.
import { session } from "trato/session";

class Presence extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    session.on("presence", ({ conversation, active }) => {
      if (conversation === Number(this.dataset.conversation)) this.hidden = !active;
    }, signal);
    session.on("lost", () => { this.hidden = true; }, signal); // nobody says when that ends
  }

  disconnectedCallback() {
    this.gone.abort();
  }
}

customElements.define("trato-presence", Presence);
