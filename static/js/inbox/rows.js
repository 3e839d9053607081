// The rows of the list of conversations. An event has everything that a row needs, so no request is made:
// this object changes the row, its place and the lanes' counts.
import { wordsOf } from "trato/attached";
import { session } from "trato/session";
import { write } from "trato/local-time";
import { isAlerted } from "trato/alerts";
import { beginning, gettext } from "trato/text";

const PREVIEW_CHARACTERS = 140; // as in the server's template

/** Return the lane of a turn, as one side sees it. */
function laneOf(turn, side) {
  if (!turn) return "settled";
  return turn === side ? "ours" : "theirs";
}

/** The time by which the list is sorted: the last message's, or since when somebody has waited. */
const timeOf = (row) => Date.parse(row.dataset.at);

export class Rows {
  /** `box`: the element with the list; it is drawn again from time to time. */
  constructor(box) {
    this.box = box;
  }

  get list() {
    return this.box.querySelector(".inbox__items");
  }

  get pageSize() {
    return Number(this.list?.dataset.pageSize);
  }

  all() {
    return [...this.box.querySelectorAll(".inbox__item")];
  }

  of(conversation) {
    return this.box.querySelector(`.inbox__item[data-conversation="${conversation}"]`);
  }

  // -- one row -----------------------------------------------------------------------------------

  /** Show a new message in its row. */
  say(row, message, { isOpen }) {
    const mine = message.consumer === session.user ? "consumer" : "seller";
    const preview = row.querySelector(".inbox__preview");
    const words = [beginning(wordsOf(message), PREVIEW_CHARACTERS)];
    if (message.side === mine) {
      const who = document.createElement("span");
      who.className = "muted";
      const name = message.sender.name.split(" ")[0];
      who.textContent = message.sender.id === session.user ? gettext("You:") : `${name}:`;
      words.unshift(who, " ");
    }
    preview.replaceChildren(...words);
    const time = row.querySelector(".inbox__time");
    time.dateTime = message.created_at;
    write(time);
    row.dataset.at = message.created_at;
    row.dataset.last = message.sequence;
    if (message.side !== mine && !isOpen) this.arrive(row, message.conversation);
    if (!message.automatic) this.turn(row, message.side === "consumer" ? "seller" : "consumer");
  }

  /** A message from the other side makes a row unread, unless the person has chosen otherwise. */
  arrive(row, conversation) {
    if (row.hasAttribute("data-unread")) return;
    this.mark(row, true);
    isAlerted(conversation).then((alerts) => alerts || this.mark(row, false));
  }

  mark(row, isUnread) {
    row.toggleAttribute("data-unread", isUnread);
    const dot = row.querySelector(".inbox__dot");
    if (!isUnread) dot?.remove();
    else if (!dot) {
      const made = document.createElement("span");
      made.className = "inbox__dot";
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = gettext("unread");
      made.append(words);
      row.querySelector(".inbox__link").after(made);
    }
  }

  /** Show whose turn it is. */
  turn(row, turn) {
    const { side, lane: old } = row.dataset;
    if (row.dataset.turn === turn) return;
    const lane = laneOf(turn, side);
    row.dataset.turn = turn;
    row.dataset.lane = lane;
    if (!row.matches("[data-archived], [data-snoozed]")) { // no lane counts these
      this.count(old, -1);
      this.count(lane, 1);
    }
    row.querySelector(".tag--waiting")?.remove();
    if (lane === "ours") this.wait(row);
    const marks = row.querySelector(".inbox__marks");
    if (marks && !marks.childElementCount) marks.remove();
  }

  wait(row) {
    let marks = row.querySelector(".inbox__marks");
    if (!marks) {
      marks = document.createElement("p");
      marks.className = "inbox__marks small";
      row.querySelector(".inbox__top").after(marks);
    }
    const tag = document.createElement("span");
    tag.className = "tag tag--waiting";
    tag.textContent = gettext("Your turn");
    marks.prepend(tag);
  }

  /** Show labels with their new names and colours, and remove deleted ones. */
  relabel(changed, deleted) {
    const chipsOf = (id) => this.box.querySelectorAll(`.label[data-label="${id}"]`);
    for (const { id, name, colour } of changed) {
      for (const chip of chipsOf(id)) {
        chip.textContent = name;
        chip.dataset.colour = colour;
      }
    }
    for (const chip of deleted.flatMap((id) => [...chipsOf(id)])) {
      const marks = chip.parentElement;
      chip.remove();
      if (!marks.childElementCount) marks.remove();
    }
  }

  // -- the list ----------------------------------------------------------------------------------

  /** Move a row to its place by time, and keep the focus on it. */
  place(row) {
    const { list } = this;
    const next = this.nextOf(row);
    if (row.parentNode === list && row.nextElementSibling === next) return;
    const focused = row.contains(document.activeElement) ? document.activeElement : null;
    if (row.parentNode === list && list.moveBefore) list.moveBefore(row, next);
    else list.insertBefore(row, next);
    if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  /** Return the row that comes after a row; null for the end of the list. */
  nextOf({ dataset: { conversation, at } }) {
    const sign = this.box.isByWaiting ? -1 : 1;
    const isAfter = (other) => sign * (Date.parse(at) - timeOf(other)) > 0;
    return this.all().find((other) => other.dataset.conversation !== conversation && isAfter(other)) ?? null;
  }

  /** Whether a row belongs on a later page, as far as this page can tell. */
  isBeyond(row) {
    return !this.nextOf(row) && this.box.querySelector(".pagination [rel=next]") !== null;
  }

  /** Replace a row with a newer version, and keep the focus on its link or its box. */
  replace(old, row) {
    const focused = [".inbox__link", ".inbox__check"].find((one) => old.querySelector(`${one}:focus`));
    old.replaceWith(row);
    if (focused) row.querySelector(focused).focus({ preventScroll: true });
  }

  /** Remove a row, and move the focus to the next one. */
  remove(row) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    const hasFocus = row.contains(document.activeElement);
    row.remove();
    if (hasFocus) neighbour?.querySelector(".inbox__link")?.focus({ preventScroll: true });
  }

  // -- the counts of the lanes -------------------------------------------------------------------

  count(lane, difference) {
    const { list } = this;
    if (!lane || !list || list.dataset[lane] === undefined) return;
    list.dataset[lane] = Math.max(0, Number(list.dataset[lane]) + difference);
    this.showCounts();
  }

  /** Use the counts from a list that the server has just rendered. */
  recount(drawn) {
    if (drawn?.dataset.all === undefined || !this.list) return;
    Object.assign(this.list.dataset, drawn.dataset);
    this.showCounts();
  }

  showCounts() {
    const counts = this.box.querySelector("[data-ours]")?.dataset ?? {};
    const root = this.box.closest(".dashboard__list") ?? document;
    for (const place of root.querySelectorAll("[data-count]")) {
      const number = counts[place.dataset.count];
      if (number !== undefined && place.textContent !== number) place.textContent = number;
    }
  }
}
