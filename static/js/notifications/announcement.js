// An announcement's own page. Staff may withdraw the announcement while the page is open.
import { session } from "trato/session";

class Announcement extends HTMLElement {
  connectedCallback() {
    this.listener = new AbortController();
    session.on("announcement.withdrawn", (frame) => this.withdraw(frame), this.listener.signal);
  }

  disconnectedCallback() {
    this.listener.abort();
  }

  withdraw({ announcement }) {
    if (String(announcement) !== this.dataset.announcement) return;
    this.querySelector(".announcement").remove();
    this.querySelector(".announcement-gone").hidden = false;
  }
}

customElements.define("trato-announcement", Announcement);
