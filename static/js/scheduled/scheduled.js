// The messages that the team has scheduled in a conversation. The server draws the list again after
// changes. Changes missed without a connection come with the whole page, see `fresh-page.js`.
import { post } from "trato/api";
import { LiveList } from "trato/live-list";
import { writeAll } from "trato/local-time";
import { session } from "trato/session";
import { gettext } from "trato/text";

class Scheduled extends LiveList {
  connectedCallback() {
    writeAll(this);
    const gone = new AbortController();
    const { signal } = gone;
    this.gone = gone;
    const here = Number(this.dataset.conversation);
    session.on("scheduled.changed", ({ conversation }) => conversation === here && this.changed(), signal);
    // A message from the shopper changes what happens to the messages that wait.
    session.on("message.created", ({ conversation }) => {
      if (conversation === here && this.querySelector("li")) this.changed();
    }, signal);
    // A message that is quoted here may have lost its words.
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
    const answer = await post(event.target.action, { act: event.submitter.value });
    if (answer?.ok) return this.changed();
    const error = this.querySelector(".scheduled__error");
    if (!error) return;
    error.textContent = answer?.body?.detail ?? gettext("This couldn't be saved. Try again.");
    error.hidden = false;
  }

  draw(text) {
    if (this.isGone) return this.replaceChildren(); // the person has left the shop
    const isOpen = this.querySelector("details")?.open;
    super.draw(text);
    const box = this.querySelector("details");
    if (box && isOpen !== undefined) box.open = isOpen;
  }
}

customElements.define("trato-scheduled", Scheduled);
