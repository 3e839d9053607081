// The list of conversations. An event changes its row without a request. The server is asked for rows
// that an event says too little about, at most one request at a time, and for the whole list when
// events may have been missed.
import { LiveList } from "trato/live-list";
import { writeAll } from "trato/local-time";
import { filterOf } from "trato/pages";
import { Rows } from "trato/rows";
import { session } from "trato/session";

const ROWS_MAX = 25; // conversations that the server gives by ID, as in messaging/inbox/views.py

class Inbox extends LiveList {
  rows = new Rows(this);
  wanted = new Set(); // conversations whose rows to ask for
  isWhole = false; // whether to ask for the whole list

  connectedCallback() {
    // Without a socket every poll brings the badge, and nothing else.
    this.follow(["live"]);
    const { signal } = this.listeners;
    session.on("badge", (badge) => this.counted(badge), signal);
    session.on("message.created", (message) => this.said(message), signal);
    session.on("message.changed", ({ conversation }) => this.rows.of(conversation) && this.want([conversation]), signal);
    session.on("conversation.read", (mark) => this.read(mark), signal);
    session.on("inbox.changed", (frame) => this.turned(frame), signal);
    session.on("own.changed", ({ conversations }) => this.want(conversations.map((own) => own.conversation)), signal);
    session.on("labels.changed", (frame) => this.relabelled(frame), signal);
    session.on("team.changed", ({ conversation }) => this.want([conversation]), signal);
  }

  get values() {
    return new URLSearchParams(this.query);
  }

  get query() {
    return this.closest("trato-panes")?.listQuery ?? filterOf(location.search);
  }

  /** Whether it shows the newest conversations in the order of their messages. */
  get isNewest() {
    return !["q", "sort", "before", "after"].some((name) => this.values.get(name));
  }

  // -- events ------------------------------------------------------------------------------------

  said(message) {
    const row = this.rows.of(message.conversation);
    if (!this.isNewest || !row || message.automatic || this.hidesAnswered()) return this.want([message.conversation]);
    if (message.sequence <= row.lastSequence) return;
    const isOpen = this.isOpen(message.conversation) && document.hasFocus();
    this.rows.say(row, message, { isOpen });
    this.rows.place(row);
    this.keep(row);
    this.askAgain(message.conversation);
  }

  /** Whether a message brings a conversation out of what is shown: out of the archive, or awake. */
  hidesAnswered() {
    return this.values.has("archived") || this.values.has("snoozed");
  }

  read({ conversation, user, sequence }) {
    const row = user === session.user && this.rows.of(conversation);
    if (!row || sequence < row.lastSequence) return;
    this.rows.mark(row, false);
    this.keep(row);
    this.askAgain(conversation);
  }

  turned({ conversation, turn }) {
    const row = this.rows.of(conversation);
    if (row?.dataset.side === undefined) return this.want([conversation]);
    this.rows.turn(row, turn);
    this.keep(row);
    this.askAgain(conversation);
  }

  /** The answer that is under way may be older than what was just shown. */
  askAgain(conversation) {
    if (this.isAsking) this.want([conversation]);
  }

  /** The shop's labels have changed: in the rows, and in the filter. */
  relabelled({ changed, deleted }) {
    this.rows.relabel(changed, deleted);
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
    for (const row of this.rows.all()) {
      if (!row.hasAttribute("data-unread")) continue;
      this.rows.mark(row, false);
      this.keep(row);
    }
  }

  isOpen(conversation) {
    return this.closest("trato-panes")?.conversation === String(conversation);
  }

  /** Take a row out that no longer belongs to the filter, unless it is open: then once it is left. */
  keep(row) {
    const lane = this.values.get("lane");
    const isOut = (lane && lane !== "all" && row.dataset.lane && row.dataset.lane !== lane)
      || (this.values.has("unread") && !row.hasAttribute("data-unread"));
    row.toggleAttribute("data-out", Boolean(isOut));
    if (isOut && !this.isOpen(row.dataset.conversation)) this.drop(row);
  }

  /** Another conversation was opened. */
  swept() {
    for (const row of this.querySelectorAll("[data-out]")) {
      if (!this.isOpen(row.dataset.conversation)) this.drop(row);
    }
  }

  drop(row) {
    this.rows.remove(row);
    if (!this.rows.all().length) this.changed(); // the server says what an empty list means
  }

  // -- asking ------------------------------------------------------------------------------------

  want(conversations) {
    if (this.values.get("before") || this.values.get("after")) return;
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
    if (this.asked && this.rows.list) this.take(text);
    else {
      super.draw(text);
      this.rows.showCounts();
    }
    this.dispatchEvent(new Event("drawn", { bubbles: true }));
  }

  /** Show the rows that were asked for; those that the answer lacks are not in this filter. */
  take(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const id of this.asked) {
      const old = this.rows.of(id);
      const row = page.querySelector(`.inbox__item[data-conversation="${id}"]`);
      if (row) {
        writeAll(row);
        if (old) this.rows.replace(old, row);
        if (!old || this.isNewest) this.rows.place(row);
      } else if (old && this.isOpen(id)) old.toggleAttribute("data-out", true);
      else if (old) this.drop(old);
    }
    this.rows.recount(page.querySelector("[data-ours]"));
  }
}

customElements.define("trato-inbox", Inbox);
