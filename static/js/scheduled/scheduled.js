// The messages that the team has scheduled in a conversation. The server draws the list again after
// changes. Changes missed without a connection come with the whole page, see `fresh-page.js`.
import { post } from "trato/api";
import { isVisible } from "trato/keep-focus";
import { LiveList } from "trato/live-list";
import { writeAll } from "trato/local-time";
import { session } from "trato/session";
import { gettext } from "trato/text";

/** Say something to those who don't see the list change. */
export function announceQuietly(text) {
  const line = document.querySelector(".dashboard__status");
  if (line) line.textContent = text;
}

class Scheduled extends LiveList {
  connectedCallback() {
    writeAll(this);
    const gone = new AbortController();
    const { signal } = gone;
    this.gone = gone;
    const here = Number(this.dataset.conversation);
    session.on("scheduled.changed", ({ conversation }) => conversation === here && this.changed(), signal);
    // A message from the shopper changes what happens to the waiting messages.
    session.on("message.created", ({ conversation }) => {
      if (conversation === here && this.querySelector("li")) this.changed();
    }, signal);
    // A message that is quoted here may have lost its text.
    session.on("message.changed", ({ conversation, sequence }) => {
      if (conversation === here && this.querySelector(`[data-quote="${sequence}"]`)) this.changed();
    }, signal);
    session.on("poll", () => this.querySelector("li") && this.changed(), signal);
    document.addEventListener("visibilitychange", () => this.plan(), { signal });
    this.addEventListener("submit", (event) => this.act(event), { signal });
  }

  disconnectedCallback() {
    this.gone.abort();
    clearTimeout(this.timer);
    this.request?.abort();
  }

  async act(event) {
    event.preventDefault();
    const act = event.submitter.value;
    const answer = await post(event.target.action, { act });
    if (answer?.ok) {
      this.hasActed = true;
      if (act === "cancel") announceQuietly(gettext("Cancelled. It won't be sent."));
      return this.changed();
    }
    const error = this.querySelector(".scheduled__error");
    if (!error) return;
    error.textContent = answer?.body?.detail ?? gettext("This couldn't be saved. Try again.");
    error.hidden = false;
  }

  draw(text) {
    if (this.isGone) return this.replaceChildren(); // the person has left the shop
    const isOpen = this.querySelector("details")?.open;
    const { activeElement } = document; // the page's, once the button that was pressed is disabled
    const hadFocus = this.contains(activeElement) || (this.hasActed && activeElement === document.body);
    this.hasActed = false;
    // Already open when the focus returns to one of its buttons, which a closed one doesn't show.
    super.draw(isOpen ? text.replace('class="scheduled__box"', "$& open") : text);
    const box = this.querySelector("details");
    if (box && isOpen !== undefined) box.open = isOpen;
    if (!hadFocus || this.contains(document.activeElement)) return;
    const fields = [...document.querySelectorAll(".composer textarea")]; // no button is left here
    fields.find(isVisible)?.focus({ preventScroll: true });
  }
}

customElements.define("trato-scheduled", Scheduled);
