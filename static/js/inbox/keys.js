// The inbox's keyboard shortcuts. Single letters work while no field has the focus and no modifier is
// pressed. One table says what they do; the dialog that lists them is made from it.
import * as storage from "trato/storage";
import { session } from "trato/session";
import { choose } from "trato/choices";
import { refresh } from "trato/fresh-page";
import { isComposing } from "trato/insert";
import { keepFocus } from "trato/keep-focus";
import { is } from "trato/selection";
import { gettext } from "trato/text";

const OFF = `trato-keys-off-${session.user}`;
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

/**
 * `act`: the names of an action and its opposite; `choose`: an action that needs a choice; `seller`: only for
 * the shop's side; `repeats`: again as long as the key is held down.
 */
const BINDINGS = [
  { keys: ["j", "ArrowDown"], does: "next", repeats: true, words: gettext("Next conversation") },
  { keys: ["k", "ArrowUp"], does: "previous", repeats: true, words: gettext("Previous conversation") },
  { keys: ["o", "Enter"], does: "open", words: gettext("Open the conversation") },
  { keys: ["u", "Escape"], does: "leave", words: gettext("Back to the list") },
  { keys: ["r"], does: "reply", words: gettext("Write a reply") },
  { keys: ["n"], does: "note", seller: true, words: gettext("Write a note for your team") },
  { keys: ["/"], does: "search", words: gettext("Search conversations") },
  { keys: ["e"], act: ["settle", "reopen"], seller: true, words: gettext("No reply needed, or reopen") },
  { keys: ["a"], act: ["archive", "unarchive"], words: gettext("Archive, or back to the inbox") },
  { keys: ["s"], act: ["star", "unstar"], words: gettext("Star, or remove the star") },
  { keys: ["m"], act: ["mute", "unmute"], words: gettext("Mute, or stop muting") },
  { keys: ["U"], act: ["mark_unread"], words: gettext("Mark as unread") },
  { keys: ["i"], act: ["assign"], seller: true, words: gettext("Assign to me") },
  { keys: ["I"], choose: "assign", seller: true, words: gettext("Assign to a colleague, or nobody") },
  { keys: ["h"], choose: "snooze", words: gettext("Snooze, or end the snooze") },
  { keys: ["l"], choose: "label", seller: true, words: gettext("Add or remove a label") },
  { keys: ["z"], does: "undo", words: gettext("Undo") },
  { keys: ["x"], does: "select", words: gettext("Select the conversation") },
  { keys: ["X"], does: "selectTo", words: gettext("Select everything up to here") },
  { keys: ["*"], does: "selectAll", words: gettext("Select all that are shown") },
  { keys: ["Ctrl+↑"], words: gettext("Edit your last message") }, // the composer handles this
  { keys: ["?"], does: "help", words: gettext("Show these keys") },
];

const NAMES = { ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc", I: "Shift+I", U: "Shift+U", X: "Shift+X" };

const STATES = { settle: "settled", archive: "archived", star: "starred", mute: "muted" };

/** Whether an action has already been done, so that the key does its opposite. */
function isDone(name, row, thread) {
  const state = STATES[name];
  if (thread) {
    const sign = thread.querySelector(`trato-triage [data-when=${state}]`);
    if (sign) return !sign.hidden;
  }
  return is(state, row);
}

/** Return a key without Caps Lock. With Shift, a letter means something else. */
function keyOf({ key, shiftKey }) {
  if (key.length > 1) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

export class Keys {
  last = null; // a promise of the last action's result
  isGoingUp = false; // through the list

  constructor(panes, signal) {
    this.panes = panes;
    window.addEventListener("keydown", (event) => this.pressed(event), { capture: true, signal });
    panes.addEventListener("click", ({ target }) => target.closest("[data-keys]") && this.help(), { signal });
  }

  get isOff() {
    return storage.get(OFF) !== null;
  }

  get bindings() {
    const isSeller = this.panes.hasAttribute("data-seller");
    return BINDINGS.filter(({ seller }) => !seller || isSeller);
  }

  pressed(event) {
    const { key, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isComposing(event) || event.getModifierState?.("AltGraph")) return;
    if (document.querySelector("dialog[open]") || document.documentElement.hasAttribute("data-ended")) return;
    if (key === "Escape") return this.escaped(event);
    if (key === "ArrowDown" && target.id === "inbox-search") return this.toResults(event);
    if (this.isOff || target.closest?.(FIELDS)) return;
    const binding = this.bindings.find(({ keys }) => keys.includes(keyOf(event)));
    if (!binding || key === "Enter") return; // the browser opens the link
    if (event.repeat && !binding.repeats) return;
    if (key.startsWith("Arrow") && !this.isInList && this.panes.conversation) return; // arrows scroll
    if (this.run(binding) === false) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Leave a field first, then the conversation. Menus, toasts and dialogs handle Escape themselves. */
  escaped(event) {
    // Escape first ends an edit or a quote, or closes the list of colleagues: their fields handle that.
    if (document.querySelector("details.menu[open], .toast, .composer__about:not([hidden])")) return;
    if (document.querySelector(".mentions:not([hidden])")) return;
    const { panes } = this;
    if (panes.hasAttribute("data-context") || !panes.conversation) return;
    const isField = event.target.closest?.(FIELDS);
    if (isField && !event.target.matches("#composer-body, #note-field")) return;
    if (isField) panes.focusIn(true);
    else if (this.isOff || !panes.isWide) return;
    else panes.leave();
    event.preventDefault();
  }

  run({ does, act, choose: kind }) {
    if (kind) return this.choose(kind);
    return act ? this.act(...act) : this[does]();
  }

  // -- moving ------------------------------------------------------------------------------------

  get isInList() {
    return this.panes.list.contains(document.activeElement);
  }

  get links() {
    return [...this.panes.list.querySelectorAll(".inbox__link")];
  }

  /** The row with the focus, or the open conversation's row. */
  get row() {
    const { conversation, list } = this.panes;
    return document.activeElement?.closest?.(".inbox__item")
      ?? list.querySelector(`.inbox__item[data-conversation="${conversation}"]`);
  }

  next() {
    return this.step(1);
  }

  previous() {
    return this.step(-1);
  }

  /** In the list, move the focus; in a conversation, open the next one. */
  step(by) {
    const { links } = this;
    this.isGoingUp = by < 0;
    const at = links.indexOf(this.row?.querySelector(".inbox__link"));
    const link = at < 0 ? links[0] : links[at + by];
    if (!link) return false;
    if (this.panes.conversation && !this.isInList) link.click();
    else link.focus();
    link.scrollIntoView({ block: "nearest" });
    return true;
  }

  open() {
    this.row?.querySelector(".inbox__link").click();
  }

  leave() {
    if (!this.panes.conversation) return false;
    this.panes.querySelector(".thread__back").click();
    return true;
  }

  reply() {
    return this.write("message", "#composer-body");
  }

  note() {
    return this.write("note", "#note-field");
  }

  /** Show the box for the shopper or the one for the team, and focus it. */
  write(mode, selector) {
    const field = this.panes.querySelector(selector);
    this.panes.querySelector("trato-note-composer")?.show?.(mode);
    field?.focus();
    return field !== null && document.activeElement === field;
  }

  search() {
    const field = this.panes.querySelector("#inbox-search") ?? document.getElementById("site-search");
    field?.focus();
    field?.select();
  }

  /** Move the focus from the search box to the first conversation. */
  toResults(event) {
    const [first] = this.links;
    if (!first) return;
    first.focus();
    event.preventDefault();
  }

  // -- acting ------------------------------------------------------------------------------------

  /** The conversations that an action applies to: the selected ones, or the one with the focus. */
  get ids() {
    const { selection, conversation } = this.panes;
    if (selection?.size) return selection.ids;
    const id = this.row?.dataset.conversation ?? conversation;
    return id ? [id] : [];
  }

  async act(name, opposite) {
    const { ids, panes, row } = this;
    if (!ids.length) return;
    const extra = name === "assign" ? { user: session.user } : {};
    if (panes.selection.size) {
      const isBack = opposite && panes.selection.are(STATES[name]);
      await panes.selection.act(isBack ? opposite : name, extra);
      return;
    }
    const isOpen = ids[0] === panes.conversation;
    const shown = row ? row.dataset.assigned ?? "" : panes.querySelector("trato-triage [name=expected]")?.value;
    if (name === "assign" && shown !== undefined) extra.expected = shown;
    const isBack = opposite && isDone(name, row, isOpen && panes.querySelector("trato-thread"));
    await this.perform(isBack ? opposite : name, ids, extra);
    if (name === "mark_unread" && isOpen) this.leave(); // staying would mark it as read again
  }

  async perform(name, ids, extra = {}, onProgress = undefined) {
    const doing = import("trato/acts").then(({ act }) => act(name, ids, extra, onProgress, this.panes.selection.chosen));
    this.acted(doing);
    const [{ offerUndo }, result] = await Promise.all([import("trato/undo"), doing]);
    const isWhole = !result.error && !Object.keys(result.failed).length;
    if (this.last === doing || !isWhole) offerUndo(result, (undone) => this.changed(undone));
    this.markRows(name, result.done);
    this.markThread(name, result.done, extra);
    this.changed(result);
    return result;
  }

  /** Record an action when it starts: Undo then applies to it, whichever action is answered first. */
  acted(doing) {
    this.last = doing;
  }

  /** Mark rows so that the same key now does the opposite. The server sends the rest of the rows. */
  markRows(name, ids) {
    const state = STATES[name.replace("un", "")];
    if (!state || state === "settled") return;
    for (const id of ids) {
      const row = this.panes.list.querySelector(`.inbox__item[data-conversation="${id}"]`);
      row?.toggleAttribute(`data-${state}`, name in STATES);
    }
  }

  /** Update the open conversation without a socket, since no frame says what was done with it. */
  markThread(name, ids, extra) {
    if (session.live || !ids.includes(Number(this.panes.conversation))) return;
    for (const triage of this.panes.querySelectorAll("trato-triage")) triage.apply?.(name, extra);
  }

  /** Reload what failed, since it isn't as this page shows it; without a socket, also what was done. */
  changed({ done, failed }) {
    const ids = [...Object.keys(failed), ...(session.live ? [] : done)];
    this.panes.list.querySelector("trato-inbox")?.want(ids);
    if (ids.map(String).includes(this.panes.conversation)) refresh();
  }

  async undo() {
    const { last } = this;
    this.last = null;
    const undone = await (await last)?.undo?.();
    if (!undone) return;
    if (undone.undo) this.last = Promise.resolve(undone);
    const { offerUndo } = await import("trato/undo");
    offerUndo(undone, (again) => this.changed(again));
    this.changed(undone);
  }

  /** Let the person choose a time, a label or a colleague. */
  choose(kind) {
    const { ids, panes } = this;
    if (!ids.length) return false;
    choose(kind, ids, (name, extra) =>
      panes.selection.size ? panes.selection.act(name, extra) : this.perform(name, ids, extra));
    return true;
  }

  select() {
    return this.panes.selection?.toggle(this.row) ?? false;
  }

  selectTo() {
    return this.panes.selection?.extendTo(this.row) ?? false;
  }

  selectAll() {
    return this.panes.selection?.all() ?? false;
  }

  // -- the dialog ----------------------------------------------------------------------------------

  help() {
    this.dialog?.remove();
    const dialog = document.getElementById("keys-template").content.firstElementChild.cloneNode(true);
    const list = dialog.querySelector("dl");
    for (const { keys, words } of this.bindings) {
      const line = document.createElement("div");
      const what = document.createElement("dt");
      what.textContent = words;
      const which = document.createElement("dd");
      keys.forEach((key, place) => {
        const shown = document.createElement("kbd");
        shown.textContent = NAMES[key] ?? key;
        which.append(...(place ? [" "] : []), shown);
      });
      line.append(what, which);
      list.append(line);
    }
    const box = dialog.querySelector("input");
    box.checked = !this.isOff;
    box.addEventListener("change", () => (box.checked ? storage.remove(OFF) : storage.set(OFF, "1")));
    const refocus = keepFocus();
    dialog.addEventListener("close", () => {
      dialog.remove();
      refocus();
    });
    this.dialog = dialog;
    document.body.append(dialog);
    dialog.showModal();
  }
}
