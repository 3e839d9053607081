// The list of conversations, live: whatever changes, the server draws it anew, once per moment.
// What this person reads changes the badge, and what others read is not shown. Every poll, which
// is for a tab without a socket, tells the badge.
import { session } from "trato/session";
import { writeAll } from "trato/local-time";

const GATHER = 250; // milliseconds

class Inbox extends HTMLElement {
  connectedCallback() {
    writeAll(this);
    for (const kind of ["message.created", "message.changed", "badge"]) {
      session.on(kind, () => this.soon());
    }
  }

  soon() {
    this.timer ??= setTimeout(() => this.refresh(), GATHER);
  }

  async refresh() {
    this.timer = null;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const answer = await fetch(location.href, { headers: { "X-Fragment": "list" } }).catch(() => null);
    if (!answer?.ok) return;
    const text = await answer.text();
    if (turn !== this.turn) return; // a later list was asked for meanwhile
    const focused = this.contains(document.activeElement) && document.activeElement.getAttribute("href");
    const page = new DOMParser().parseFromString(text, "text/html");
    this.replaceChildren(...page.body.childNodes);
    if (focused) this.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    writeAll(this);
  }
}

customElements.define("trato-inbox", Inbox);
