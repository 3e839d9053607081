// Takes names off the page of a shop's figures when accounts are deleted or colleagues leave. The figures
// themselves stay as they were when the page was opened.
import { LiveList } from "trato/live-list";
import { writeAll } from "trato/local-time";
import { session } from "trato/session";

class Figures extends LiveList {
  connectedCallback() {
    this.follow(["conversation.ended", "members.changed"]);
    const { signal } = this.listeners;
    session.on("lost", () => (this.isBehind = true), signal);
    session.on("live", () => this.caughtUp(), signal);
  }

  caughtUp() {
    if (this.isBehind) this.changed();
    this.isBehind = false;
  }

  /** The source has the period and the shop, also after a post. */
  nextQuery() {
    return "";
  }

  draw(text) {
    if (this.isGone) return location.reload();
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const old of this.querySelectorAll("[data-fresh]")) {
      const part = page.querySelector(`[data-fresh="${old.dataset.fresh}"]`);
      if (!part) old.closest("li")?.remove(); // it doesn't count any more
      else exchange(old, part);
    }
  }
}

function exchange(old, part) {
  writeAll(part);
  if (old.innerHTML === part.innerHTML) return;
  const isFocused = old.contains(document.activeElement);
  old.replaceChildren(...part.childNodes);
  if (isFocused) old.querySelector("a")?.focus({ preventScroll: true });
}

customElements.define("trato-figures", Figures);
