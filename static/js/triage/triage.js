// The acts beside a conversation: the forms post without loading the page, and what they show
// follows the person's other tabs and the team.
import { act } from "trato/acts";
import { format } from "trato/local-time";
import { session } from "trato/session";
import { gettext } from "trato/text";
import { offerUndo } from "trato/undo";

const OWN = {
  archive: { archived: true },
  unarchive: { archived: false },
  star: { starred: true },
  unstar: { starred: false },
  mute: { muted: true },
  unmute: { muted: false },
  wake: { snoozed_until: null },
  settle: { settled: true },
  reopen: { settled: false },
};

class Triage extends HTMLElement {
  connectedCallback() {
    this.conversation = Number(this.dataset.conversation);
    this.left = new AbortController();
    const { signal } = this.left;
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    session.on("own.changed", ({ conversations }) => {
      const own = conversations.find(({ conversation }) => conversation === this.conversation);
      if (own) this.draw(own);
    }, signal);
    session.on("team.changed", (frame) => {
      if (frame.conversation === this.conversation) this.drawTeam(frame);
    }, signal);
    session.on("inbox.changed", ({ conversation, turn }) => {
      if (conversation === this.conversation) this.draw({ settled: !turn });
    }, signal);
    session.on("message.created", ({ conversation }) => {
      if (conversation !== this.conversation) return;
      this.draw({ archived: false, snoozed_until: null, settled: false });
    }, signal);
  }

  disconnectedCallback() {
    this.left.abort();
  }

  async submit(event) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target, event.submitter));
    const { act: name, conversation, next, csrfmiddlewaretoken, page_user, ...extra } = values;
    if (extra.until) delete extra.until_local;
    const result = await act(name, [conversation], extra);
    this.sayError(event.target, result.error);
    if (result.error) return;
    const menu = event.target.closest("details.menu");
    if (menu) menu.open = false;
    if (name === "mark_unread") {
      location.assign(this.dataset.list); // staying here would mark it as read again
      return;
    }
    if (result.done.length) this.apply(name, extra);
    offerUndo(result, (undone) => {
      if (undone.done.length && !session.live) location.reload();
    });
    if (menu) menu.querySelector("summary").focus();
  }

  sayError(form, text) {
    const line = form.querySelector("[data-error]");
    const field = form.querySelector("[name=until_local]");
    if (line) {
      line.textContent = text;
      line.hidden = !text;
      field.toggleAttribute("aria-invalid", Boolean(text));
      if (text) field.focus();
    } else if (text) offerUndo({ text });
  }

  /** Without a socket no frame tells this tab what it has done. */
  apply(name, extra) {
    if (OWN[name]) this.draw(OWN[name]);
    if (name === "snooze" && extra.until) this.draw({ snoozed_until: extra.until });
    if (name === "assign") {
      const option = this.querySelector(`[name=user] option[value="${extra.user}"]`);
      const person = extra.user ? { id: Number(extra.user), name: option?.textContent.trim() } : null;
      if (!session.live) this.drawTeam({ assignee: person });
    }
    if (!session.live && (name === "label" || name === "unlabel")) {
      const on = new Set(this.labels());
      on[name === "label" ? "add" : "delete"](Number(extra.label));
      this.drawTeam({ labels: [...on] });
    }
  }

  draw(own) {
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    const flags = { ...own };
    if ("snoozed_until" in own) flags.snoozed = own.snoozed_until !== null;
    for (const element of this.querySelectorAll("[data-when]")) {
      const [, not, flag] = element.dataset.when.match(/^(!?)(\w+)$/);
      if (flag in flags) element.hidden = flags[flag] === Boolean(not);
    }
    const time = this.querySelector(".triage__state time"); // not beside the conversation
    if (time && own.snoozed_until) {
      time.dateTime = own.snoozed_until;
      time.textContent = format("when", new Date(own.snoozed_until));
    }
    if (focused?.hidden) focused.form.querySelector("button:not([hidden])")?.focus();
  }

  labels() {
    return [...this.querySelectorAll("[data-label]:not([hidden])")].map(({ dataset }) => Number(dataset.label));
  }

  drawTeam({ assignee, labels }) {
    if (assignee !== undefined) {
      for (const line of this.querySelectorAll("[data-assignee]")) {
        line.textContent = assignee?.name ?? gettext("Nobody");
      }
      for (const select of this.querySelectorAll("[name=user]")) select.value = assignee?.id ?? "";
      for (const line of this.querySelectorAll("[data-former]")) line.remove();
    }
    if (labels === undefined) return;
    for (const chip of this.querySelectorAll("[data-label]")) {
      chip.hidden = !labels.includes(Number(chip.dataset.label));
    }
    for (const select of this.querySelectorAll("select[name=label]")) {
      for (const option of select.options) option.hidden = option.disabled = labels.includes(Number(option.value));
      select.value = [...select.options].find((option) => !option.disabled)?.value ?? "";
    }
  }
}

customElements.define("trato-triage", Triage);
