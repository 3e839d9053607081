// Several conversations at once: boxes in the rows, and a bar with what can be done with them. Both are
// a form, which works without this script.
import { getJSON } from "trato/api";
import { fill, gettext, ngettext } from "trato/text";

const MOST = 1000; // conversations in one act

/** Whether a row shows a state: settled, archived, starred, muted, read. */
export function is(state, row) {
  if (state === "settled") return row?.dataset.lane === "settled";
  if (state === "read") return !row?.hasAttribute("data-unread");
  return Boolean(row?.hasAttribute(`data-${state}`));
}

export class Selection {
  chosen = new Set(); // conversations, also such whose rows are on other pages of the list
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
    return [...this.chosen];
  }

  get rows() {
    return [...this.panes.list.querySelectorAll(".inbox__item")];
  }

  /** A box is for one row; with Shift it is for all since the last one. */
  clicked(event) {
    if (event.target.closest(".selection [data-clear]")) this.clear();
    else if (event.target.closest(".selection [data-whole]")) this.chooseWhole();
    const box = event.target.closest(".inbox__check");
    if (box && event.shiftKey) this.extendTo(box.closest(".inbox__item"), box.checked);
  }

  set(row, isChosen) {
    this.chosen[isChosen ? "add" : "delete"](row.dataset.conversation);
    this.last = row.dataset.conversation;
    this.draw();
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
    for (const one of rows.slice(ends[0], ends[1] + 1)) {
      this.chosen[isChosen ? "add" : "delete"](one.dataset.conversation);
    }
    this.draw();
    return true;
  }

  /** All that are shown; none, if all are chosen already. */
  all() {
    const ids = this.rows.map(({ dataset }) => dataset.conversation);
    const isAll = ids.every((id) => this.chosen.has(id));
    this.chosen = new Set(isAll ? [] : ids);
    this.draw();
    return ids.length > 0;
  }

  clear() {
    this.chosen.clear();
    this.draw();
  }

  // -- drawing -------------------------------------------------------------------------------------

  /** Check the boxes of what is chosen, and show the bar over the list while something is. */
  draw() {
    for (const row of this.rows) {
      row.querySelector(".inbox__check").checked = this.chosen.has(row.dataset.conversation);
    }
    const { bar, size } = this;
    this.panes.list.toggleAttribute("data-selecting", size > 0);
    if (!bar || !size) return;
    for (const button of bar.querySelectorAll("[data-if]")) button.hidden = !this.are(button.dataset.if);
    for (const button of bar.querySelectorAll("[data-unless]")) button.hidden = this.are(button.dataset.unless);
    const words = fill(ngettext("%(count)s selected", "%(count)s selected", size), { count: size });
    const said = bar.querySelector("[role=status]");
    if (said.textContent !== words) said.textContent = words;
    const hasMore = this.panes.list.querySelector(".pagination [rel=next]") !== null;
    bar.querySelector("[data-whole]").hidden = !hasMore || size > this.rows.length;
  }

  // -- acting --------------------------------------------------------------------------------------

  /** Whether an act is done already with all that are chosen, so that its opposite is due. */
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
    const { bar, ids } = this;
    const progress = bar.querySelector("progress");
    progress.hidden = false;
    progress.max = ids.length;
    progress.value = 0;
    bar.setAttribute("aria-busy", "true");
    const result = await this.keys.perform(name, ids, extra, (done) => (progress.value = done));
    bar.removeAttribute("aria-busy");
    progress.hidden = true;
    if (result.error) return result;
    const isInBar = bar.contains(document.activeElement);
    this.chosen = new Set(Object.keys(result.failed)); // what could not be done stays chosen
    this.draw();
    if (isInBar) this.panes.list.querySelector(".inbox__link")?.focus({ preventScroll: true });
    return result;
  }

  /** All conversations of the filter, page after page. */
  async chooseWhole() {
    const button = this.bar.querySelector("[data-whole]");
    button.disabled = true;
    const values = new URLSearchParams(this.panes.listQuery);
    for (const name of ["before", "after"]) values.delete(name);
    const ids = [];
    for (let next = ""; next !== null && ids.length < MOST; ) {
      if (next) values.set("before", next);
      const page = await getJSON(`${this.panes.dataset.list}?${values}`);
      if (!page?.rows) break;
      ids.push(...page.rows.map(({ conversation }) => String(conversation)));
      next = page.next;
    }
    button.disabled = false;
    for (const id of ids.slice(0, MOST)) this.chosen.add(id);
    this.draw();
  }
}
