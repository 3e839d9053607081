// The menu beside Send: schedules what is in the composer. Without scripts, its buttons post the composer's
// form to another URL.
import { post } from "trato/api";
import { newId } from "trato/client-id";
import { refreshOld } from "trato/fresh-page";
import { noteSeen } from "trato/last-seen";
import { writeAll } from "trato/local-time";
import { announceQuietly } from "trato/scheduled";
import { session } from "trato/session";
import { gettext } from "trato/text";
import { uploads } from "trato/uploads";

class SendLater extends HTMLElement {
  attempt = { key: null, id: null }; // so that a repeated request makes one message

  connectedCallback() {
    writeAll(this);
    this.menu = this.querySelector("details");
    this.chosen = this.querySelector(".send-later__choose input");
    this.error = this.querySelector(".send-later__error");
    this.querySelector(".send-later__panel").addEventListener("click", (event) => this.clicked(event));
    this.chosen.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // Enter would press Send
      this.schedule(this.chosen.value);
    });
    this.menu.addEventListener("toggle", () => (this.menu.open ? refreshOld() : this.choose(false)));
  }

  get field() {
    return this.closest("form").elements.body;
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    if (button.value === "choose") this.choose(true);
    else this.schedule(button.value || this.chosen.value);
  }

  choose(isOpen) {
    for (const part of [this.chosen.parentElement, this.querySelector(".send-later__schedule")]) {
      part.hidden = !isOpen;
    }
    this.querySelector("[value=choose]").hidden = isOpen;
    this.say("");
    if (isOpen) this.chosen.focus();
  }

  say(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
  }

  async schedule(time) {
    const { form } = this.field;
    const body = this.field.value;
    const { about, files } = this.closest("trato-composer");
    if (about.editing !== null) return this.say(gettext("Save or cancel your edit first."));
    const attached = files?.records() ?? [];
    if (files?.expected.size) return this.say(gettext("Wait until the files are uploaded."));
    if (!body.trim() && !attached.length) return this.say(gettext("Write the message first."));
    if (files?.hasRefused()) {
      this.menu.open = false; // the file's line says why
      return;
    }
    if (!attached.every((record) => uploads.isReady(record))) {
      return this.say(gettext("Wait until the files are uploaded."));
    }
    const values = { body, send_at: time };
    const { quoting } = about;
    if (quoting) values.quote = quoting.sequence;
    if (this.querySelector("[name=only_if_quiet]").checked) values.only_if_quiet = "on";
    const named = attached.map(({ file }) => ["files", file]);
    const key = JSON.stringify([values, named]);
    if (key !== this.attempt.key) this.attempt = { key, id: newId() };
    const address = this.querySelector("[formaction]").getAttribute("formaction");
    noteSeen(form);
    const rest = { seen: form.elements.seen.value, client_id: this.attempt.id };
    const answer = await post(address, [...Object.entries({ ...values, ...rest }), ...named]);
    if (!answer?.ok) {
      if (answer?.status === 409) this.attempt = { key: null, id: null };
      return this.say(answer?.body?.detail ?? gettext("This couldn't be saved. Try again."));
    }
    this.attempt = { key: null, id: null };
    for (const { id } of attached) uploads.forget(id);
    if (attached.length) uploads.changed();
    if (about.quoting === quoting) about.end();
    if (this.field.value === body) {
      this.field.value = "";
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.menu.open = false;
    this.field.focus();
    const conversation = Number(this.closest("trato-thread").dataset.conversation);
    session.emit("scheduled.changed", { conversation }); // for a page without a socket, too
    announceQuietly(gettext("The message is scheduled. Only your team sees it until then."));
  }
}

customElements.define("trato-send-later", SendLater);
