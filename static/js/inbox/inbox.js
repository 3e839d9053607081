// The list of conversations. What this person reads changes the badge, and what others read is not
// shown. Every poll, which is for a tab without a socket, tells the badge.
import { LiveList } from "trato/live-list";

class Inbox extends LiveList {
  connectedCallback() {
    this.follow(["message.created", "message.changed", "badge"]);
  }
}

customElements.define("trato-inbox", Inbox);
