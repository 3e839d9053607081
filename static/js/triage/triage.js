// The actions beside a conversation. The forms post without loading the page, and show what the person does
// in other tabs and what the team does.
import { act, actOf } from "trato/acts";
import { refresh, refreshOld } from "trato/fresh-page";
import { isVisible } from "trato/keep-focus";
import { noteSeen } from "trato/last-seen";
import { format, write } from "trato/local-time";
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
const LONGEST_ALARM = 2 ** 31 - 1; // milliseconds; a longer timer fires immediately

class Triage extends HTMLElement {
  teamRevision = 0; // of the last change of the team that was shown

  connectedCallback() {
    this.conversation = Number(this.dataset.conversation);
    this.last = Number(this.dataset.last); // the sequence of the last message
    this.left = new AbortController();
    const { signal } = this.left;
    const isHere = ({ conversation }) => conversation === this.conversation;
    this.addEventListener("submit", (event) => this.submit(event), { signal });
    // The offered times may be yesterday's.
    this.addEventListener("toggle", ({ target }) => target.open && refreshOld(), { capture: true, signal });
    session.on("own.changed", ({ conversations }) => {
      const own = conversations.find(isHere);
      if (own) this.draw(own);
    }, signal);
    session.on("team.changed", (frame) => {
      if (!isHere(frame)) return;
      this.teamRevision = Math.max(this.teamRevision, frame.team_revision);
      this.drawTeam(frame);
    }, signal);
    session.on("notes.state", (state) => {
      if (isHere(state) && state.team_revision >= this.teamRevision) this.drawTeam(state);
    }, signal);
    session.on("page.fresh", (page) => {
      this.last = Math.max(this.last, page.querySelector("trato-triage").dataset.last);
      this.sleep(this.snooze());
    }, signal);
    session.on("labels.changed", (frame) => this.drawLabels(frame), signal);
    session.on("inbox.changed", (frame) => isHere(frame) && this.draw({ settled: !frame.turn }), signal);
    session.on("message.created", (message) => isHere(message) && this.said(message), signal);
    session.on("conversation.state", (state) => {
      if (isHere(state)) state.messages.forEach((message) => this.said(message));
    }, signal);
    this.sleep(this.snooze());
  }

  disconnectedCallback() {
    this.left.abort();
    clearTimeout(this.alarm);
  }

  async submit(event) {
    const form = event.target;
    if (form.method === "get") return; // this form leads to another page
    event.preventDefault();
    noteSeen(form);
    const { name, extra } = actOf(form, event.submitter);
    const doing = act(name, [this.conversation], extra);
    this.closest("trato-panes")?.keys?.acted(doing);
    const result = await doing;
    this.sayError(form, result.error);
    if (result.error) return;
    const menu = form.closest("details.menu");
    if (menu) menu.open = false;
    if (name === "mark_unread") {
      this.leave(); // staying here would mark it as read again
      offerUndo(result);
      return;
    }
    if (name === "assign" && result.failed[this.conversation] === "conflict") return this.sayTaken();
    if (result.done.length) this.apply(name, extra);
    offerUndo(result, ({ done }) => done.length && !session.live && refresh());
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

  /** Say to whom a colleague has meanwhile assigned the conversation, once the page shows it. */
  sayTaken() {
    session.addEventListener("page.fresh", () => {
      const name = this.querySelector("[data-assignee]").textContent;
      offerUndo({ text: fill(gettext("%(name)s has just taken this."), { name }) });
    }, { once: true, signal: this.left.signal });
    refresh();
  }

  /** Show what this tab has done, since without a socket no frame says so. */
  apply(name, extra) {
    if (OWN[name]) this.draw(OWN[name]);
    if (name === "snooze" && extra.until) this.draw({ snoozed_until: extra.until });
    if (!session.live) refresh();
  }

  // -- the person's own state --------------------------------------------------------------------

  /** End what lasts only until the next message: the archive, a snooze, being settled. */
  said({ sequence, automatic }) {
    if (sequence <= this.last) return;
    this.last = sequence;
    const { until } = this;
    this.draw({ archived: false, snoozed_until: null });
    if (!automatic) this.draw({ settled: false });
    if (until) this.offerAgain(until);
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
    if ("snoozed_until" in own) this.sleep(own.snoozed_until);
    if (focused?.hidden) focused.form.querySelector("button:not([hidden])")?.focus();
  }

  /** Return the end of the snooze that is shown, or null. */
  snooze() {
    return this.querySelector(".triage__state [data-when=snoozed]:not([hidden]) time")?.dateTime ?? null;
  }

  /** Update the page when the shown snooze ends, since no event says so. */
  sleep(until) {
    this.until = until;
    clearTimeout(this.alarm);
    if (!until) return;
    this.offerAgain(null);
    const left = Date.parse(until) - Date.now();
    this.alarm = setTimeout(() => {
      if (left > LONGEST_ALARM) this.sleep(until);
      else this.draw({ snoozed_until: null });
    }, Math.min(left, LONGEST_ALARM));
  }

  /** Offer to continue a snooze that a message has ended. */
  offerAgain(until) {
    const button = this.querySelector("[data-again]");
    if (!button) return;
    button.hidden = !until;
    if (!until) return;
    button.value = until;
    const time = button.querySelector("time");
    time.dateTime = until;
    write(time);
  }

  // -- what the team shares ----------------------------------------------------------------------

  labels() {
    return [...this.querySelectorAll("[data-label]:not([hidden])")].map(({ dataset }) => Number(dataset.label));
  }

  /** `former`: the name of the last assignee, who can no longer do it, so that nobody is assigned. */
  drawTeam({ assignee, former = "", labels }) {
    if (assignee !== undefined) {
      for (const line of this.querySelectorAll("[data-assignee]")) {
        line.textContent = assignee?.name ?? gettext("Nobody");
      }
      for (const field of this.querySelectorAll("[name=expected]")) field.value = assignee?.id ?? "";
      for (const select of this.querySelectorAll("[name=user]")) chooseColleague(select, assignee);
      for (const line of this.querySelectorAll("[data-former]")) {
        const text = gettext("%(name)s took care of this and can't any more, so it is nobody's again.");
        line.hidden = !former;
        line.querySelector("span").textContent = former && fill(text, { name: former });
      }
    }
    if (labels === undefined) return;
    const focused = document.activeElement;
    for (const chip of this.querySelectorAll("[data-label]")) {
      chip.hidden = !labels.includes(Number(chip.dataset.label));
    }
    this.offer(labels);
    if (!this.contains(focused) || isVisible(focused)) return;
    const chips = this.querySelectorAll("[data-label]:not([hidden]) button");
    ([...chips].at(-1) ?? this.querySelector("[data-add] select"))?.focus();
  }

  /** Offer the labels that the conversation doesn't have. */
  offer(labels) {
    for (const select of this.querySelectorAll("select[name=label]")) {
      for (const option of select.options) option.hidden = option.disabled = labels.includes(Number(option.value));
      const free = [...select.options].find((option) => !option.disabled);
      select.value = free?.value ?? "";
      select.form.hidden = !free;
    }
  }

  /** Show that the shop's labels have changed. */
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

/** Choose a colleague, who may have joined after the page was loaded. */
function chooseColleague(select, person) {
  const [, ...people] = select.options; // the first is nobody
  if (person && !people.some(({ value }) => value === String(person.id))) {
    const next = people.find(({ text }) => text.localeCompare(person.name) > 0) ?? null;
    select.add(new Option(person.name, person.id), next);
  }
  const id = String(person?.id ?? "");
  for (const option of select.options) option.defaultSelected = option.value === id;
  select.value = id;
}

customElements.define("trato-triage", Triage);
