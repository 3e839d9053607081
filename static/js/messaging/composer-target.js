// The message that the composer is about: one to quote, or one of the person's own to edit.
import { request } from "trato/api";
import { outbox } from "trato/outbox";
import { session } from "trato/session";
import * as storage from "trato/storage";
import { gettext } from "trato/text";

export class About {
  quoting = null; // {sequence, name, excerpt}
  editing = null; // the sequence
  aside = null; // what the draft quotes, while a message is edited

  constructor(composer) {
    this.composer = composer;
    this.bar = composer.querySelector(".composer__about");
    this.error = composer.querySelector(".composer__about-error");
    this.input = composer.querySelector("[name=quote]");
    if (this.input.value) {
      const text = (name) => this.bar.querySelector(`[data-${name}]`).textContent;
      this.quoting = { sequence: Number(this.input.value), name: text("title"), excerpt: text("excerpt") };
    }
    this.key = `trato-quote-${session.user}-${composer.conversation}`;
    this.editKey = `trato-edit-${session.user}-${composer.conversation}`;
    const isDraft = composer.field.value || outbox.unsentFiles(composer.conversation).length;
    if (!this.quoting && isDraft) this.quoteAgain(this.stored());
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
    this.store(quoting);
  }

  /** Quote what a draft or a message that was taken back quotes, with the text on the page. */
  quoteAgain(about) {
    if (!about) return;
    const thread = this.composer.closest("trato-thread");
    const item = thread.list.item(about.sequence);
    const isGone = item?.hasAttribute("data-removed");
    if (isGone) this.quote({ ...about, excerpt: gettext("This message isn't there any more.") });
    else this.quote(item ? thread.quotable(item) : { excerpt: "…", ...about });
  }

  stored() {
    try {
      return JSON.parse(storage.get(this.key));
    } catch {
      return null;
    }
  }

  /** Keep the text of an edit, in case this tab is reloaded. */
  keepEdit() {
    const { editing: sequence, composer } = this;
    storage.set(this.editKey, JSON.stringify({ sequence, body: composer.field.value }), "session");
  }

  /** Continue an edit that a reload interrupted. */
  async resumeEdit(address) {
    const kept = JSON.parse(storage.get(this.editKey, "session"));
    if (!kept) return;
    await this.edit(address, kept.sequence);
    if (this.editing !== kept.sequence) return this.refuse("");
    this.composer.field.value = kept.body;
    this.keepEdit();
  }

  /** Load the text as it was sent, because the page shows links in another form. */
  async edit(address, sequence) {
    const answer = await request(`${address}${sequence}/`, { headers: { Accept: "application/json" } });
    const message = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!message || message.removed || message.withdrawn) {
      if (message) storage.remove(this.editKey, "session");
      return this.refuse(gettext("That isn't possible right now. Try again in a moment."));
    }
    this.composer.draft.stash();
    const aside = this.quoting ?? this.aside;
    this.end({ restore: false });
    this.setAside(aside);
    this.editing = sequence;
    this.mark();
    this.composer.field.value = message.body;
    this.show(gettext("Edit your message"), "");
  }

  /** Show that a message is being edited: the button saves, and parts for new messages are hidden. */
  mark() {
    const isEditing = this.editing !== null;
    const button = this.composer.querySelector(".composer__send");
    const label = isEditing ? button.dataset.save : button.dataset.send;
    this.composer.toggleAttribute("data-editing", isEditing);
    button.title = label;
    button.querySelector(".visually-hidden").textContent = label;
    const icon = button.querySelector("use");
    icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, isEditing ? "#check" : "#send"));
  }

  show(title, excerpt) {
    this.bar.querySelector("[data-title]").textContent = title;
    this.bar.querySelector("[data-excerpt]").textContent = excerpt;
    this.bar.hidden = false;
    this.refuse("");
  }

  /** Update the quote of a changed message. If an edited message is gone, saving it is refused, not sent as new. */
  changed({ sequence, excerpt }) {
    if (this.quoting?.sequence !== sequence) return;
    this.quoting.excerpt = excerpt || gettext("This message isn't there any more.");
    this.bar.querySelector("[data-excerpt]").textContent = this.quoting.excerpt;
  }

  refuse(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
  }

  /** Keep what the draft quotes, until an edit ends or for a reload. */
  setAside(quoting) {
    this.aside = quoting;
    if (quoting) this.store(quoting);
  }

  store({ sequence, name }) {
    storage.set(this.key, JSON.stringify({ sequence, name }));
  }

  /** `restore`: go back to the draft after an edit; `resume`: also to what it quotes. */
  end({ restore = true, resume = restore } = {}) {
    const { aside } = this;
    this.aside = null;
    if (this.editing !== null && restore) this.composer.draft.restore();
    storage.remove(this.key);
    storage.remove(this.editKey, "session");
    this.editing = this.quoting = null;
    this.mark();
    this.input.value = "";
    this.show("", ""); // nothing would update this text in the hidden bar
    this.bar.hidden = true;
    this.composer.recount();
    if (resume) this.quoteAgain(aside);
  }
}
