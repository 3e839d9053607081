// The acts beside a conversation: the forms post without loading the page, and what they show
// follows the person's other tabs and the team.
import { act, actOf } from "trato/acts";
import { format } from "trato/local-time";
import { askFor } from "trato/pages";
import { session } from "trato/session";
import { fill, gettext } from "trato/text";
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

let missed = null; // the page with what was missed, asked for once by all parts of a page

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
    session.on("lost", () => {
      this.isBehind = true;
      missed = null;
    }, signal);
    session.on("live", () => this.isBehind && this.catchUp(), signal);
    session.on("labels.changed", (frame) => this.drawLabels(frame), signal);
    session.on("inbox.changed", ({ conversation, turn }) => {
      if (conversation === this.conversation) this.draw({ settled: !turn });
    }, signal);
    session.on("message.created", ({ conversation }) => {
      if (conversation !== this.conversation) return;
      this.draw({ archived: false, snoozed_until: null, settled: false });
    }, signal);
  }

  /** Take what was missed without a socket from the conversation's page. */
  async catchUp() {
    this.isBehind = false;
    missed ??= askFor(location.href);
    const page = await missed;
    const place = [...document.querySelectorAll("trato-triage")].indexOf(this);
    const fresh = page?.querySelectorAll("trato-triage")[place];
    if (fresh?.dataset.conversation !== this.dataset.conversation) return; // another was opened
    const until = fresh.querySelector(".triage__state [data-when=snoozed]:not([hidden]) time");
    const own = { snoozed_until: until?.dateTime ?? null };
    for (const one of fresh.querySelectorAll("[data-when]:not([data-when^='!'])")) {
      own[one.dataset.when] = !one.hidden;
    }
    this.draw(own);
    const list = fresh.querySelector("[data-shop]");
    if (!list) return; // only for the shop's side
    const chips = [...list.children];
    const kept = new Set(chips.map(({ dataset }) => dataset.label));
    this.drawLabels({
      shop: Number(list.dataset.shop),
      changed: chips.map((chip) => ({
        id: Number(chip.dataset.label),
        name: chip.querySelector("[data-name]").textContent,
        colour: chip.querySelector(".label").dataset.colour,
      })),
      deleted: [...this.querySelectorAll("[data-label]")].map(({ dataset }) => dataset.label).filter((id) => !kept.has(id)),
    });
    const id = Number(fresh.querySelector("[name=user]").value);
    const name = fresh.querySelector("[data-assignee]").textContent;
    this.drawTeam({
      assignee: id ? { id, name } : null,
      labels: chips.filter((chip) => !chip.hidden).map(({ dataset }) => Number(dataset.label)),
    });
  }

  disconnectedCallback() {
    this.left.abort();
  }

  async submit(event) {
    event.preventDefault();
    const { name, extra } = actOf(event.target, event.submitter);
    const result = await act(name, [this.conversation], extra);
    this.sayError(event.target, result.error);
    if (result.error) return;
    const menu = event.target.closest("details.menu");
    if (menu) menu.open = false;
    if (name === "mark_unread") {
      this.leave(); // staying here would mark it as read again
      offerUndo(result);
      return;
    }
    if (result.done.length) this.apply(name, extra);
    offerUndo(result, (undone) => {
      if (undone.done.length && !session.live) location.reload();
    });
    if (menu) menu.querySelector("summary").focus();
  }

  leave() {
    const panes = this.closest("trato-panes");
    if (panes?.isWide) panes.leave();
    else location.assign(this.dataset.list);
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
    this.offer(labels);
  }

  /** Offer the labels that the conversation doesn't have. */
  offer(labels) {
    for (const select of this.querySelectorAll("select[name=label]")) {
      for (const option of select.options) option.hidden = option.disabled = labels.includes(Number(option.value));
      select.value = [...select.options].find((option) => !option.disabled)?.value ?? "";
    }
  }

  /** The shop's labels have changed. */
  drawLabels({ shop, changed, deleted }) {
    const form = this.querySelector("[data-add]");
    if (!form || shop !== Number(this.querySelector("[data-shop]").dataset.shop)) return;
    for (const id of deleted) {
      this.querySelector(`[data-label="${id}"]`)?.remove();
      form.querySelector(`option[value="${id}"]`)?.remove();
    }
    for (const label of changed) {
      this.drawLabel(label);
      let option = form.querySelector(`option[value="${label.id}"]`);
      if (!option) {
        option = new Option("", label.id);
        form.elements.label.append(option);
      }
      option.textContent = label.name;
    }
    this.offer(this.labels());
    form.hidden = !form.elements.label.length;
  }

  drawLabel({ id, name, colour }) {
    let chip = this.querySelector(`[data-label="${id}"]`);
    if (!chip) {
      const list = this.querySelector("[data-shop]");
      chip = this.querySelector("template").content.firstElementChild.cloneNode(true);
      chip.dataset.label = id;
      chip.querySelector("button").value = id;
      list.append(chip);
    }
    chip.querySelector(".label").dataset.colour = colour;
    chip.querySelector("[data-name]").textContent = name;
    chip.querySelector("[data-remove]").textContent = fill(gettext("Remove the label %(name)s"), { name });
  }
}

customElements.define("trato-triage", Triage);
