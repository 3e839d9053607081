// What the composer writes about: a message that is quoted, or one's own that is edited.
import { request } from "trato/api";
import { gettext } from "trato/text";

export class About {
  quoting = null; // {sequence, name, excerpt}
  editing = null; // the sequence
  stashed = ""; // what was being written before the edit

  constructor(composer) {
    this.composer = composer;
    this.bar = composer.querySelector(".composer__about");
    this.error = composer.querySelector(".composer__about-error");
    this.input = composer.querySelector("[name=quote]");
    if (this.input.value) {
      const text = (name) => this.bar.querySelector(`[data-${name}]`).textContent;
      this.quoting = { sequence: Number(this.input.value), name: text("title"), excerpt: text("excerpt") };
    }
    this.bar.querySelector(".composer__about-end").addEventListener("click", (event) => {
      event.preventDefault();
      this.end();
      composer.field.focus();
    });
  }

  get isBusy() {
    return this.editing !== null || this.quoting !== null;
  }

  quote(quoting) {
    if (this.editing !== null) this.end();
    this.quoting = quoting;
    this.show(quoting.name, quoting.excerpt);
    this.input.value = quoting.sequence;
  }

  /** Load the words as they were sent: links are shown in another form. */
  async edit(address, sequence) {
    const answer = await request(`${address}${sequence}/`, { headers: { Accept: "application/json" } });
    const message = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!message || message.removed || message.withdrawn) {
      return this.refuse(gettext("That isn't possible right now. Try again in a moment."));
    }
    if (this.editing === null) this.stashed = this.composer.field.value;
    this.end({ restore: false });
    this.editing = sequence;
    this.composer.field.value = message.body;
    this.show(gettext("Edit your message"), "");
  }

  show(title, excerpt) {
    this.bar.querySelector("[data-title]").textContent = title;
    this.bar.querySelector("[data-excerpt]").textContent = excerpt;
    this.bar.hidden = false;
    this.refuse("");
  }

  /** A message has changed. Saving an edit of one that is gone is refused, not sent as a new one. */
  changed({ sequence, excerpt }) {
    if (this.quoting?.sequence !== sequence) return;
    this.quoting.excerpt = excerpt;
    this.bar.querySelector("[data-excerpt]").textContent = excerpt;
  }

  refuse(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
  }

  end({ restore = true } = {}) {
    if (this.editing !== null && restore) {
      this.composer.field.value = this.stashed;
      this.stashed = "";
    }
    this.editing = this.quoting = null;
    this.input.value = "";
    this.bar.hidden = true;
    this.refuse("");
    this.composer.recount();
  }
}
