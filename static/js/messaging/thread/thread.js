// One conversation on the page: follows changes, and reports how far the person has read.
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { getJSON, post } from "trato/api";
import { dropSentQuestions } from "trato/drafts";
import { writeAll } from "trato/local-time";
import { change, MessageMenus } from "trato/message-menu";
import { openOnLongPress } from "trato/long-press";
import { MessageList } from "trato/message-list";
import "trato/presence"; // before the answer that it waits for
import { quoteOf } from "trato/quotes";
import { Scroll } from "trato/scroll";
import { Timeline } from "trato/timeline";
import { TypingLine } from "trato/typing-line";

const FIRST_PAUSE = 1500; // milliseconds until something is asked again that was not possible
const LONGEST_PAUSE = 30000;
const EVENT_PATIENCE = 2000; // between the acknowledgement of a message and its event
const PASSING = new Set(["unavailable", "rate_limited"]); // refusals that hold for a while only

class Thread extends HTMLElement {
  #conversation; // its id
  #scroll;
  #reportedRead; // the sequence up to which the server was told that all is read
  patience = FIRST_PAUSE;

  connectedCallback() {
    this.listeners = new AbortController();
    this.#conversation = Number(this.dataset.conversation);
    this.side = this.dataset.side;
    this.other = this.side === "consumer" ? "seller" : "consumer";
    this.read = { consumer: Number(this.dataset.readConsumer), seller: Number(this.dataset.readSeller) };
    this.list = new MessageList(
      this.querySelector(".messages"), this.querySelector("template[data-message]"), this.dataset,
    );
    this.#scroll = new Scroll(this.querySelector(".thread__scroll"), this.querySelector(".thread__jump"));
    this.typingLine = new TypingLine(this.querySelector(".thread__typing"));
    this.older = this.querySelector(".thread__scroll .thread__older");
    const sequences = this.list.items().map((item) => Number(item.dataset.sequence));
    this.timeline = new Timeline(Number(this.dataset.revision), sequences[0]);
    // As they were rendered; all events about them are at least as new.
    for (const sequence of sequences) this.timeline.take({ sequence, revision: 0 });
    const own = this.list.items().filter(({ dataset }) => Number(dataset.sender) === session.user);
    dropSentQuestions(
      new Set(own.map(({ dataset }) => dataset.clientId)),
      new Set(own.map((item) => item.querySelector(".message__body").textContent.trim())),
    );
    writeAll(this);
    this.arrange();
    openOnLongPress(this);
    this.addEventListener("click", (event) => this.toOriginal(event));
    this.linked()?.toggleAttribute("data-linked", true); // `:target` needs a page load
    // A page of older messages is only for reading: its form posts without scripts, which leads to
    // the newest ones.
    if (this.dataset.before) {
      this.linked()?.scrollIntoView({ block: "center" });
      return;
    }
    this.menus = new MessageMenus(this, this.querySelector("template[data-menu]"), this.listeners.signal);
    this.listen();
    this.showPending();
    this.begin();
    this.followLive();
    this.follows = true; // from now on the composer may leave it to the scripts
  }

  /** Another conversation takes its place: it follows nothing any more, and reports nothing. */
  disconnectedCallback() {
    this.listeners.abort();
    this.#scroll.stop();
    clearTimeout(this.timer);
    if (this.follows) session.send({ type: "conversation.close", conversation: this.#conversation });
  }

  followLive() {
    const { signal } = this.listeners;
    session.on("live", () => this.catchUp(), signal);
    session.on("lost", () => this.forgetAsked(), signal);
    session.on("error", (refusal) => this.refused(refusal), signal);
    session.on("poll", () => this.catchUpByHttp(), signal);
    session.on("message.created", (message) => this.receive(message), signal);
    session.on("message.changed", (message) => this.receive(message), signal);
    session.on("conversation.state", (state) => this.takeState(state), signal);
    session.on("conversation.read", (mark) => this.marked(mark), signal);
    session.on("presence.changed", ({ conversation }) => {
      if (conversation !== this.#conversation) return;
      this.typingLine.clear();
      this.isStale = this.isOpening; // then that answer may be older
      this.catchUp();
    }, signal);
    session.on("conversation.ended", ({ conversation, revision }) => {
      if (conversation !== this.#conversation) return;
      this.end();
      if (!this.timeline.follow({ revision })) this.catchUpAgain();
    }, signal);
    session.on("heartbeat", ({ conversations }) => {
      if (conversations[this.#conversation] > this.timeline.revision) {
        this.isOpening = false; // whatever became of it
        this.catchUp();
      }
    }, signal);
    session.on("typing", ({ conversation, user, name, stopped }) => {
      if (conversation !== this.#conversation) return;
      if (stopped) this.typingLine.hide(user);
      else this.typingLine.show(user, name);
    }, signal);
    if (session.live) this.catchUp();
  }

  listen() {
    const { signal } = this.listeners;
    for (const kind of ["changed", "held"]) outbox.addEventListener(kind, () => this.showPending(), { signal });
    outbox.addEventListener("sent", ({ detail }) => {
      if (detail.conversation !== this.#conversation) return;
      if (detail.sender) this.receive(detail);
      else this.expectEvent(detail.sequence);
    }, { signal });
    this.#scroll.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.#scroll.jump.addEventListener("click", () => this.seen());
    for (const kind of ["focus", "pageshow"]) window.addEventListener(kind, () => this.seen(), { signal });
    document.addEventListener("visibilitychange", () => this.seen(), { signal });
    this.addEventListener("click", ({ target }) => {
      const clientId = target.closest(".message")?.dataset.clientId;
      if (target.closest("[data-retry]")) outbox.retry(clientId);
      if (target.closest("[data-discard]")) outbox.discard(clientId);
      if (target.closest("[data-take-back]")) outbox.takeBack(clientId);
    });
    this.older.querySelector("a").addEventListener("click", (event) => {
      event.preventDefault();
      this.loadOlder();
    });
  }

  /** The message or note that the address leads to, as a search result does. */
  linked() {
    const id = CSS.escape(location.hash.slice(1));
    return id ? this.querySelector(`:is(.message, .note)[id="${id}"]`) : null;
  }

  /** Where to start reading: at the message of the address, at the first new message, or at the end. */
  begin() {
    if (this.linked()) {
      this.linked().scrollIntoView({ block: "center" });
      this.#scroll.moved();
      return this.seen();
    }
    const line = this.querySelector(".messages__new");
    if (!line) return this.toEnd();
    this.#scroll.toLine(line);
    if (!this.#scroll.atEnd) {
      const isNews = (item) => line.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
      this.#scroll.showUnseen(this.list.items().filter(isNews).length);
    }
    this.seen();
  }

  // -- catching up ---------------------------------------------------------------------------

  /** Request changes over the socket; one request at a time, since each answer is complete. */
  catchUp() {
    if (this.isOpening) return;
    // `since` 0 would mean the latest page, which is what a thread without messages needs.
    const since = this.timeline.revision;
    this.isOpening = session.send({ type: "conversation.open", conversation: this.#conversation, since });
  }

  async catchUpByHttp() {
    if (this.isPolling) return; // as slow as the server is
    this.isPolling = true;
    const state = await getJSON(`${this.dataset.messages}?since=${this.timeline.revision}`);
    this.isPolling = false;
    if (state && !session.live) this.takeState(state); // the socket's answer may be newer
  }

  takeState(state) {
    if (state.conversation !== this.#conversation || !this.isConnected) return;
    this.isOpening = false;
    this.patience = FIRST_PAUSE;
    const isLatestPage = this.timeline.revision === 0;
    if (isLatestPage && state.messages.length) this.beginAt(state.messages[0].sequence, state.more);
    this.read = state.read; // also backwards, if somebody doesn't show it any more
    this.show(state.messages);
    if (state.ended) this.end();
    this.timeline.resumeAt(state.revision);
    this.seen();
    if (this.isStale || (state.more && !isLatestPage)) this.catchUpAgain();
    this.isStale = false;
  }

  /** Nobody can write here any more: a line that says why takes the place of the composer. */
  end() {
    const composer = this.querySelector("trato-composer:not([hidden])");
    if (!composer) return;
    const line = this.querySelector(".thread__ended");
    const wasWriting = composer.contains(document.activeElement);
    composer.hidden = true;
    line.hidden = false;
    if (wasWriting) line.focus();
  }

  /** The thread now starts at this message; earlier ones are loaded with the older pages. */
  beginAt(sequence, hasOlder) {
    this.timeline.startAt(sequence);
    this.list.dropBefore(sequence);
    this.older.hidden = !hasOlder;
  }

  /** Forget what was requested and reported over a socket that was lost or refused. */
  forgetAsked() {
    this.isOpening = false;
    this.#reportedRead = undefined;
  }

  /** Not possible now: try again in a moment, and then also report how far the person has read. */
  refused({ code, client_id }) {
    if (client_id || !PASSING.has(code)) return;
    this.forgetAsked();
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.catchUp();
    }, this.patience * (1 + Math.random()));
    this.patience = Math.min(LONGEST_PAUSE, this.patience * 2);
  }

  receive(message) {
    if (message.conversation !== this.#conversation) return;
    this.show([message]);
    if (!this.timeline.follow(message)) this.catchUpAgain();
    this.seen();
  }

  /** A message is stored. If its event got lost, nobody but us knows that something is missing. */
  expectEvent(sequence) {
    setTimeout(() => {
      if (!this.timeline.messages.has(sequence)) this.catchUpAgain();
    }, EVENT_PATIENCE);
  }

  catchUpAgain() {
    if (!this.isConnected) return;
    if (session.live) this.catchUp();
    else this.catchUpByHttp();
  }

  async loadOlder() {
    if (this.isLoading || this.older.hidden) return;
    this.isLoading = true;
    const state = await getJSON(`${this.dataset.messages}?before=${this.timeline.first}`);
    this.isLoading = false;
    if (!state) return;
    this.#scroll.keep(this.list.items(), () => {
      this.timeline.addOlder(state.messages).forEach((message) => this.drawOne(message));
      this.older.hidden = !state.more;
      this.arrange();
    });
  }

  // -- rendering -----------------------------------------------------------------------------

  /** Show new and changed messages; keep a reader at the end there, tell others about new ones. */
  show(messages) {
    const stay = this.#scroll.atEnd;
    const news = [];
    for (const message of messages) {
      const what = this.timeline.take(message);
      if (!what) continue;
      outbox.remove(message.client_id);
      this.drawOne(message);
      this.requote(message);
      if (what !== "new") continue;
      news.push(message);
      this.typingLine.hide(message.sender.id);
    }
    this.arrange();
    if (!news.length) return;
    if (stay || news.some(({ sender }) => sender.id === session.user)) this.toEnd();
    else this.#scroll.showUnseen(this.#scroll.unseen + news.length);
  }

  drawOne(message) {
    this.list.draw(message, message.quote && this.timeline.known(message.quote.sequence));
  }

  /** What quotes a message says what the message says now. */
  requote(message) {
    this.list.requote(message);
    this.composer?.about?.changed(quoteOf(message));
  }

  showPending() {
    const stay = this.#scroll.atEnd;
    this.list.drawPending(outbox.of(this.#conversation));
    this.arrange();
    if (stay) this.toEnd();
  }

  arrange() {
    this.list.arrange(this.read[this.other]);
  }

  /** Change what stands between the messages; a reader stays at the end, or where they are. */
  rearrange(change) {
    const all = () => {
      change();
      this.arrange();
    };
    if (this.#scroll.atEnd) {
      all();
      this.toEnd();
    } else this.#scroll.keep(this.list.items(), all);
  }

  toEnd() {
    this.#scroll.toEnd();
    this.seen();
  }

  scrolled() {
    if (this.#scroll.atStart) this.loadOlder();
    this.seen();
  }

  // -- changing ------------------------------------------------------------------------------

  get composer() {
    return this.querySelector("trato-composer");
  }

  /** Whether the person can still write here. */
  get canWrite() {
    return Boolean(this.composer && !this.composer.hidden);
  }

  /** Change a message; returns its `refusal` in words, if it was refused. */
  async change(sequence, values) {
    const { message, refusal } = await change(`${this.dataset.messages}${sequence}/`, values);
    if (message) this.receive(message);
    return { refusal };
  }

  /** The newest message that the person can edit. */
  lastOwn() {
    const own = this.list.items().filter((item) => this.menus.isOwn(item, this.menus.editable));
    return Number(own.findLast((item) => !item.hasAttribute("data-removed"))?.dataset.sequence ?? 0);
  }

  /** What the composer shows of a message that it quotes. */
  quotable(item) {
    const name = item.querySelector(".message__sender").textContent.trim();
    const body = item.querySelector(".message__body").textContent;
    const { sequence } = item.dataset;
    return { ...quoteOf({ sequence: Number(sequence), sender: {}, body }), name };
  }

  /** A quote leads to the original: here, or on the page that has it. */
  toOriginal(event) {
    const link = event.target.closest(".message__quote");
    const original = link && this.list.item(link.dataset.quote);
    if (!original || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.querySelectorAll("[data-linked]").forEach((item) => item.removeAttribute("data-linked"));
    original.toggleAttribute("data-linked", true);
    original.tabIndex = -1;
    original.scrollIntoView({ block: "center" });
    original.focus({ preventScroll: true });
  }

  // -- reading -------------------------------------------------------------------------------

  /** Report how far the person has read, if the tab is in focus and its end is in view. */
  async seen() {
    const { last } = this.timeline;
    if (!this.isConnected) return;
    const looking = document.visibilityState === "visible" && document.hasFocus();
    if (!looking || !last || last <= this.#reportedRead || this.dataset.before || !this.#scroll.atEnd) return;
    this.#reportedRead = last;
    const sent = session.send({ type: "conversation.read", conversation: this.#conversation, sequence: last });
    if (!sent && !(await post(this.dataset.read, { sequence: last }))?.ok) this.#reportedRead = undefined;
  }

  marked({ conversation, side, sequence }) {
    if (conversation !== this.#conversation) return;
    this.readTo(side, sequence);
    this.arrange();
  }

  /** Events may overtake each other, so they only move marks forward. */
  readTo(side, sequence) {
    this.read[side] = Math.max(this.read[side], sequence);
  }
}

customElements.define("trato-thread", Thread);
