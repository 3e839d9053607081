// The list of conversations. What this person reads changes the badge; what others read isn't
// shown. Every poll, by a tab without a socket, includes the badge.
import { LiveList } from "trato/live-list";

class Inbox extends LiveList {
  connectedCallback() {
    this.follow(["message.created", "message.changed", "badge"]);
  }
}

customElements.define("trato-inbox", Inbox);
