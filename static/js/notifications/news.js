// The list of notifications. A message in a thread that is unread already changes its line and not
// the badge.
import { LiveList } from "trato/live-list";

class News extends LiveList {
  connectedCallback() {
    this.follow(["message.created", "message.changed", "badge"]);
  }
}

customElements.define("trato-news", News);
