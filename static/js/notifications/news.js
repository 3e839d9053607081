// The list of notifications. A message in a thread that is already unread changes its row, but not
// the badge.
import { LiveList } from "trato/live-list";

class News extends LiveList {
  connectedCallback() {
    this.follow(["message.created", "message.changed", "badge", "announcement.withdrawn"]);
  }
}

customElements.define("trato-news", News);
