// Shows that somebody from the shop is online, as long as the socket says so.
import { session } from "trato/session";

class Presence extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    session.on("presence", ({ conversation, active }) => {
      if (conversation === Number(this.dataset.conversation)) this.hidden = !active;
    }, signal);
    session.on("lost", () => { this.hidden = true; }, signal); // no event would say when they leave
  }

  disconnectedCallback() {
    this.gone.abort();
  }
}

customElements.define("trato-presence", Presence);
