// The warnings next to messages that resemble a scam. Only the side that receives a message sees them.
import { change } from "trato/message-menu";
import { gettext } from "trato/text";
import { offerUndo } from "trato/undo";

export class ScamWarnings {
  /** `dismissed`: the kinds of scam whose warnings the person has dismissed, by sequence. */
  constructor(side, dismissed) {
    Object.assign(this, { side, dismissed: JSON.parse(dismissed || "{}") });
  }

  /** Learn from a page of messages which warnings the person has dismissed. */
  learn(state) {
    Object.assign(this.dismissed, state?.dismissed);
  }

  /** Draw a message's warnings: the markup has all kinds, so remove those that don't apply. */
  draw(place, { side, sequence, warnings = [] }) {
    const kinds = warnings.join(",");
    if (!kinds || !sequence || side === this.side || this.dismissed[sequence] === kinds) return place.remove();
    place.hidden = false;
    for (const text of place.querySelectorAll("[data-kind]")) {
      if (!warnings.includes(text.dataset.kind)) text.remove();
    }
  }

  /** Dismiss or report with one click; without scripts, the buttons post a form. */
  async clicked(event, messages) {
    const button = event.target.closest("[data-warned]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest(".message");
    const { sequence } = item.dataset;
    const act = button.dataset.warned;
    const address = `${messages}${sequence}/`; // a person who reports it needs no warning
    const kinds = [...item.querySelectorAll("[data-kind]")].map(({ dataset }) => dataset.kind);
    const { refusal } = await change(address, act === "report" ? { act, reason: "scam" } : { act });
    if (refusal) return offerUndo({ text: refusal });
    if (act === "report") offerUndo({ text: gettext("Thank you. Our staff will review this message.") });
    this.dismissed[sequence] = kinds.join(",");
    this.close(item);
  }

  close(item) {
    const place = item.querySelector(".scam-warning");
    const hadFocus = place?.contains(document.activeElement);
    place?.remove();
    if (hadFocus) item.querySelector(".message__menu summary")?.focus({ preventScroll: true });
  }
}
