// Selects several conversations: boxes in the rows, and a bar with actions for them. Together they are a
// form, which works without this script.
import { getJSON } from "trato/api";
import { fill, gettext, language, ngettext } from "trato/text";

const MOST = 1000; // conversations in one action

/** Whether a row shows a state: settled, archived, starred, muted, read. */
export function is(state, row) {
  if (state === "settled") return row?.dataset.lane === "settled";
  if (state === "read") return !row?.hasAttribute("data-unread");
  return Boolean(row?.hasAttribute(`data-${state}`));
}

export class Selection {
  // The chosen conversations, even on other pages of the list, each with its last message.
  chosen = new Map();
  loading = null; // identifies the run that is choosing all pages
  last = null; // where a range begins

  constructor(panes, keys) {
    Object.assign(this, { panes, keys });
    panes.addEventListener("change", ({ target }) => {
      if (target.matches(".inbox__check")) this.set(target.closest(".inbox__item"), target.checked);
    });
    panes.addEventListener("click", (event) => this.clicked(event));
    panes.addEventListener("submit", (event) => {
      if (event.target.id !== "selection") return;
      event.preventDefault();
      this.submitted(event.submitter);
    });
    this.draw();
  }

  get bar() {
    return this.panes.list.querySelector(".selection");
  }

  get size() {
    return this.chosen.size;
  }

  get ids() {
    return [...this.chosen.keys()];
  }

  get rows() {
    return [...this.panes.list.querySelectorAll(".inbox__item")];
  }

  /** Handle a click. A box selects its row; with Shift, all rows since the last one. */
  clicked(event) {
    if (event.target.closest(".selection [data-clear]")) {
      this.clear();
      this.toList();
    } else if (event.target.closest(".selection [data-whole]")) this.chooseWhole();
    const box = event.target.closest(".inbox__check");
    if (box && event.shiftKey) this.extendTo(box.closest(".inbox__item"), box.checked);
  }

  set(row, isChosen) {
    this.choose([row], isChosen);
    this.last = row.dataset.conversation;
    this.draw();
  }

  choose(rows, isChosen) {
    for (const { dataset: { conversation, last } } of rows) {
      if (isChosen) this.chosen.set(conversation, last);
      else this.chosen.delete(conversation);
    }
  }

  toggle(row) {
    if (!row) return false;
    this.set(row, !this.chosen.has(row.dataset.conversation));
    return true;
  }

  extendTo(row, isChosen = true) {
    if (!row) return false;
    const { rows } = this;
    const begin = rows.findIndex(({ dataset }) => dataset.conversation === this.last);
    const ends = [begin < 0 ? 0 : begin, rows.indexOf(row)].sort((one, other) => one - other);
    this.choose(rows.slice(ends[0], ends[1] + 1), isChosen);
    this.draw();
    return true;
  }

  /** Choose all visible rows; if all are already chosen, choose none. */
  all() {
    const { rows } = this;
    const isAll = rows.every(({ dataset }) => this.chosen.has(dataset.conversation));
    this.chosen.clear();
    this.choose(rows, !isAll);
    this.draw();
    return rows.length > 0;
  }

  clear() {
    this.stop();
    this.chosen.clear();
    this.draw();
  }

  /** Move the focus from the bar, which is no longer shown, to the list. */
  toList() {
    const row = this.rows.find(({ dataset }) => dataset.conversation === this.last) ?? this.rows[0];
    row?.querySelector(".inbox__link").focus({ preventScroll: true });
  }

  // -- drawing -------------------------------------------------------------------------------------

  /** Check the boxes of chosen conversations, and show the bar over the list while there are any. */
  draw() {
    for (const row of this.rows) {
      row.querySelector(".inbox__check").checked = this.chosen.has(row.dataset.conversation);
    }
    const { bar, size } = this;
    const focused = document.activeElement;
    this.panes.list.toggleAttribute("data-selecting", size > 0);
    if (!bar || !size) return;
    for (const button of bar.querySelectorAll("[data-if]")) button.hidden = !this.are(button.dataset.if);
    for (const button of bar.querySelectorAll("[data-unless]")) button.hidden = this.are(button.dataset.unless);
    const words = fill(ngettext("%(count)s selected", "%(count)s selected", size), { count: size });
    const said = bar.querySelector("[role=status]");
    if (said.textContent !== words) said.textContent = words;
    const hasMore = this.panes.list.querySelector(".pagination [rel=next]") !== null;
    bar.querySelector("[data-whole]").hidden = !hasMore || size > this.rows.length;
    if (focused?.hidden && bar.contains(focused)) bar.querySelector(".selection__act:not([hidden])").focus();
  }

  // -- acting --------------------------------------------------------------------------------------

  /** Whether all chosen conversations already have a state, so that the opposite action is offered. */
  are(state) {
    const rows = this.rows.filter(({ dataset }) => this.chosen.has(dataset.conversation));
    return rows.length === this.size && rows.every((row) => is(state, row));
  }

  submitted(button) {
    if (!this.size || !button) return;
    if (button.hasAttribute("data-choices")) this.keys.choose(button.value);
    else this.act(button.value);
  }

  async act(name, extra = {}) {
    this.stop();
    const { bar, ids } = this;
    const progress = this.begin(ids.length);
    const result = await this.keys.perform(name, ids, extra, (done) => (progress.value = done));
    this.stop();
    const isInBar = bar.contains(document.activeElement);
    for (const id of result.done) this.chosen.delete(String(id)); // those that failed stay chosen
    this.draw();
    if (isInBar && !this.size) this.toList();
    return result;
  }

  /** Show progress; `max`: the number of conversations, if it is known. */
  begin(max) {
    const progress = this.bar.querySelector("progress");
    progress.hidden = false;
    progress.removeAttribute("value");
    if (max) Object.assign(progress, { max, value: 0 });
    this.bar.setAttribute("aria-busy", "true");
    return progress;
  }

  stop() {
    this.loading = null;
    this.bar?.removeAttribute("aria-busy");
    this.bar?.querySelector("progress").toggleAttribute("hidden", true);
  }

  /** Choose all conversations of the filter, page by page, until the list or the selection changes. */
  async chooseWhole() {
    const loading = (this.loading = {});
    this.begin();
    const values = new URLSearchParams(this.panes.listQuery);
    for (const name of ["before", "after"]) values.delete(name);
    let page = { next: "" };
    let isCut = false;
    while (page.next !== null && !isCut) {
      if (page.next) values.set("before", page.next);
      page = await getJSON(`${this.panes.dataset.list}?${values}`);
      if (this.loading !== loading) return;
      if (!page) break;
      const room = MOST - this.size;
      isCut = page.rows.length > room;
      for (const { conversation, last_sequence } of page.rows.slice(0, room)) {
        this.chosen.set(String(conversation), last_sequence);
      }
      this.draw();
    }
    this.stop();
    if (page && !isCut) return;
    const { offerUndo } = await import("trato/undo");
    const cut = fill(gettext("The first %(count)s are selected; there are more."), {
      count: MOST.toLocaleString(language),
    });
    offerUndo({ text: page ? cut : gettext("Not all could be selected. Try again in a moment.") });
  }
}
