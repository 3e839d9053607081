// The list of conversations. What this person reads changes the badge; what others read isn't
// shown. Every poll, by a tab without a socket, includes the badge.
import { LiveList } from "trato/live-list";
import { filterOf } from "trato/pages";

class Inbox extends LiveList {
  get query() {
    return this.closest("trato-panes")?.listQuery ?? filterOf(location.search);
  }

  draw(text) {
    super.draw(text);
    this.dispatchEvent(new Event("drawn", { bubbles: true }));
  }

  connectedCallback() {
    this.follow(["message.created", "message.changed", "badge"]);
  }
}

customElements.define("trato-inbox", Inbox);
