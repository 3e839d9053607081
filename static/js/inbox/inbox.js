// The list of conversations. An event changes a conversation's row without a request. If an event says
// too little, this asks the server for the row, with at most one request at a time. When events may
// have been missed, it asks for the whole list.
import { LiveList } from "trato/live-list";
import { writeAll } from "trato/local-time";
import { listAt } from "trato/pages";
import { Rows } from "trato/rows";
import { session } from "trato/session";

const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds
const ROWS_MAX = 25; // conversations that the server gives by ID, as in messaging/inbox/views.py

class Inbox extends LiveList {
  rows = new Rows(this);
  wanted = new Set(); // conversations whose rows to ask for
  isWhole = false; // whether to ask for the whole list

  connectedCallback() {
    // Without a socket, a poll brings only the badge.
    this.follow(["live"]);
    this.expectWaking();
    const { signal } = this.listeners;
    session.on("badge", (badge) => this.counted(badge), signal);
    session.on("message.created", (message) => this.said(message), signal);
    session.on("message.changed", ({ conversation }) => this.rows.of(conversation) && this.want([conversation]), signal);
    session.on("conversation.ended", ({ conversation }) => this.rows.of(conversation) && this.want([conversation]), signal);
    session.on("conversation.read", (mark) => this.read(mark), signal);
    session.on("inbox.changed", (frame) => this.turned(frame), signal);
    session.on("own.changed", ({ conversations }) => this.want(conversations.map((own) => own.conversation)), signal);
    session.on("labels.changed", (frame) => this.relabelled(frame), signal);
    session.on("team.changed", ({ conversation }) => this.want([conversation]), signal);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.waking);
  }

  get values() {
    return new URLSearchParams(this.query);
  }

  get query() {
    return this.closest("trato-panes")?.listQuery ?? listAt(location);
  }

  /** Whether this is a list's first page, where other conversations can appear. */
  get isFirst() {
    return !["q", "before", "after"].some((name) => this.values.get(name));
  }

  get isByWaiting() {
    return this.values.get("sort") === "waiting";
  }

  // -- events ------------------------------------------------------------------------------------

  said(message) {
    const row = this.rows.of(message.conversation);
    if (!this.isFirst || this.isByWaiting || !row || message.automatic || this.hidesAnswered()) {
      return this.want([message.conversation]);
    }
    if (message.sequence <= Number(row.dataset.last)) return;
    const isOpen = this.isOpen(message.conversation) && document.hasFocus();
    this.rows.say(row, message, { isOpen });
    this.rows.place(row);
    this.keep(row);
    this.trim();
    this.askAgain(message.conversation);
  }

  /** Whether a message takes a conversation out of this list: it leaves the archive, or its snooze ends. */
  hidesAnswered() {
    return this.values.has("archived") || this.values.has("snoozed");
  }

  read({ conversation, user, sequence }) {
    const row = user === session.user && this.rows.of(conversation);
    if (!row) return;
    if (sequence < Number(row.dataset.last)) return row.hasAttribute("data-unread") && this.want([conversation]);
    this.rows.mark(row, false);
    this.keep(row);
    this.askAgain(conversation);
  }

  turned({ conversation, turn }) {
    const row = this.rows.of(conversation);
    if (row) this.rows.turn(row, turn); // the open conversation's row stays, even if it no longer belongs in the list
    if (!row || this.isByWaiting) return this.want([conversation]);
    this.keep(row);
    this.askAgain(conversation);
  }

  /** Ask again if a response is on its way: it may be older than what was just shown. */
  askAgain(conversation) {
    if (this.isAsking) this.want([conversation]);
  }

  /** Show changed labels of the shop in the rows and in the filter. */
  relabelled({ changed, deleted }) {
    this.rows.relabel(changed, deleted);
    // As in `askAgain`: the response may have an old name, also in rows that have no label yet.
    if (this.isAsking && this.asked) this.want(this.asked);
    else if (this.isAsking) this.changed();
    if (deleted.map(String).includes(this.values.get("label"))) this.changed(); // the new list says so
    const select = this.closest(".dashboard__list")?.querySelector("select[name=label]");
    if (!select) return;
    const optionOf = (id) => [...select.options].find(({ value }) => value === String(id));
    for (const id of deleted) optionOf(id)?.remove();
    for (const { id, name } of changed) {
      if (!optionOf(id)) select.add(new Option("", id));
      optionOf(id).textContent = name;
    }
  }

  counted({ unread, notices = 0 }) {
    if (!session.live) return this.changed();
    if (unread > notices) return;
    // Ask instead of marking rows read: the badge may be older than the message that made a row unread.
    const rows = this.rows.all().filter((row) => row.matches("[data-unread]:not([data-muted])"));
    this.want(rows.map(({ dataset }) => dataset.conversation));
  }

  isOpen(conversation) {
    return this.closest("trato-panes")?.conversation === String(conversation);
  }

  /** Remove a row that no longer matches the filter; if it is open, once the person leaves it. */
  keep(row) {
    const lane = this.values.get("lane");
    const isOut = (lane && lane !== "all" && row.dataset.lane && row.dataset.lane !== lane)
      || (this.values.has("unread") && !row.hasAttribute("data-unread"));
    row.toggleAttribute("data-out", Boolean(isOut));
    if (isOut) this.drop(row);
  }

  /** Remove the rows that no longer match, after another conversation was opened. */
  swept() {
    for (const row of this.querySelectorAll("[data-out]")) this.drop(row);
  }

  drop(row) {
    row.toggleAttribute("data-out", true);
    if (this.isOpen(row.dataset.conversation)) return;
    this.rows.remove(row);
    if (!this.rows.all().length) this.changed(); // the server explains an empty list
  }

  /** Start again with one page if new rows have made the list too long and the person is at its top. */
  trim() {
    const isAtTop = this.getBoundingClientRect().top >= 0;
    if (isAtTop && this.rows.all().length > 2 * this.rows.pageSize) this.changed();
  }

  // -- asking ------------------------------------------------------------------------------------

  want(conversations) {
    if (!conversations.length) return;
    for (const one of conversations) this.wanted.add(String(one));
    this.isStale = true;
    this.plan();
  }

  changed() {
    this.isWhole = true;
    super.changed();
  }

  nextQuery() {
    const isPart = !this.isWhole && this.wanted.size && this.wanted.size <= ROWS_MAX && this.rows.list;
    this.asked = isPart ? [...this.wanted] : null;
    this.wanted.clear();
    this.isWhole = false;
    const values = this.values;
    for (const one of this.asked ?? []) values.append("conversation", one);
    return values.size ? `?${values}` : "";
  }

  draw(text) {
    if (this.asked && this.rows.list && !this.isGone) this.take(text);
    else {
      const newer = [...this.wanted].map((id) => this.rows.of(id)).filter(Boolean); // asked for again, as in `take`
      super.draw(text);
      for (const row of newer) {
        const older = this.rows.of(row.dataset.conversation);
        if (older) this.rows.replace(older, row);
      }
      this.rows.showCounts();
    }
    this.expectWaking();
    this.dispatchEvent(new Event("drawn", { bubbles: true }));
  }

  /** Show the rows that were asked for. If the response lacks a row, it doesn't match the filter. */
  take(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const id of this.asked) {
      const old = this.rows.of(id);
      if (old && this.wanted.has(id)) continue; // asked for again: this response may be older than the row
      const row = page.querySelector(`.inbox__item[data-conversation="${id}"]`);
      const isStill = old && old.dataset.at === row?.dataset.at;
      const fits = isStill || (row && (this.isFirst ? !this.rows.isBeyond(row) : old && this.values.get("q")));
      if (row) writeAll(row);
      if (row && old) this.rows.replace(old, row);
      if (fits && this.isFirst) this.rows.place(row);
      if (old && !fits) this.drop(row ?? old);
    }
    this.rows.recount(page.querySelector("[data-ours]"));
    this.trim();
  }

  /** Ask for the list when the next snooze ends, since no event says so. */
  expectWaking() {
    clearTimeout(this.waking);
    const seconds = Number(this.querySelector("[data-wakes]")?.dataset.wakes);
    if (seconds) this.waking = setTimeout(() => this.changed(), Math.min(seconds * 1000, LONGEST_TIMER));
  }
}

customElements.define("trato-inbox", Inbox);
