// Several conversations at once: boxes in the rows, and a bar with what can be done with them.
import { getJSON } from "trato/api";
import { fill, gettext, ngettext } from "trato/text";

const MOST = 1000; // conversations in one act

export class Selection {
  chosen = new Set(); // conversations, also such whose rows are on other pages of the list
  last = null; // where a range begins

  /** `perform(act, ids, extra, onProgress)` does it, and offers to undo it. */
  constructor(panes, perform) {
    Object.assign(this, { panes, perform });
    panes.addEventListener("change", ({ target }) => {
      if (target.matches(".inbox__check")) this.set(target.closest(".inbox__item"), target.checked);
    });
    panes.addEventListener("click", (event) => this.clicked(event));
    this.bar = document.getElementById("selection-template").content.firstElementChild.cloneNode(true);
    if (!panes.hasAttribute("data-seller")) this.bar.querySelector("[data-seller]").remove();
    this.bar.addEventListener("click", ({ target }) => this.pressed(target.closest("button")));
    this.draw();
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

  /** Put boxes into rows that have none, and the bar over the list while something is chosen. */
  draw() {
    for (const row of this.rows) {
      let box = row.querySelector(".inbox__check");
      if (!box) {
        box = document.createElement("input");
        box.type = "checkbox";
        box.className = "inbox__check";
        const name = row.querySelector(".inbox__link").textContent.trim();
        box.setAttribute("aria-label", fill(gettext("Select the conversation with %(name)s"), { name }));
        row.prepend(box);
      }
      box.checked = this.chosen.has(row.dataset.conversation);
    }
    const { bar, size } = this;
    const list = this.panes.list.querySelector(".inbox");
    this.panes.list.toggleAttribute("data-selecting", size > 0);
    if (!size) return bar.remove();
    if (list && bar.nextElementSibling !== list) list.before(bar);
    const words = fill(ngettext("%(count)s selected", "%(count)s selected", size), { count: size });
    const said = bar.querySelector("[role=status]");
    if (said.textContent !== words) said.textContent = words;
    const hasMore = this.panes.list.querySelector(".pagination [rel=next]") !== null;
    bar.querySelector("[data-whole]").hidden = !hasMore || size > this.rows.length;
  }

  // -- acting --------------------------------------------------------------------------------------

  pressed(button) {
    if (!button) return;
    if (button.hasAttribute("data-clear")) this.clear();
    else if (button.hasAttribute("data-whole")) this.chooseWhole();
    else if (button.value) this.act(button.value);
  }

  async act(name) {
    const { bar, ids } = this;
    const progress = bar.querySelector("progress");
    progress.hidden = false;
    progress.max = ids.length;
    progress.value = 0;
    bar.setAttribute("aria-busy", "true");
    const result = await this.perform(name, ids, {}, (done) => (progress.value = done));
    bar.removeAttribute("aria-busy");
    progress.hidden = true;
    this.chosen = new Set(Object.keys(result.failed)); // what could not be done stays chosen
    this.draw();
    this.panes.list.querySelector(".inbox__link")?.focus({ preventScroll: true });
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
