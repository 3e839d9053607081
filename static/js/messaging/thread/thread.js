// One conversation on the page. It follows changes, and reports how far the person has read.
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { getJSON, post } from "trato/api";
import { dropSentQuestions } from "trato/drafts";
import { History } from "trato/history";
import { passFocus } from "trato/keep-focus";
import { write, writeAll } from "trato/local-time";
import { change, MessageMenus } from "trato/message-menu";
import { openOnLongPress } from "trato/long-press";
import { MessageList } from "trato/message-list";
import "trato/presence"; // loaded first, so that it doesn't miss the answer to `catchUp`
import { answerQuestion } from "trato/confirmations";
import { quoteOf, quoteOfItem, wordsOfQuote } from "trato/quotes";
import { Scroll } from "trato/scroll";
import { Timeline } from "trato/timeline";
import { gettext } from "trato/text";
import { TypingLine } from "trato/typing-line";
import { offerUndo } from "trato/undo";

const FIRST_PAUSE = 1500; // milliseconds until a refused request is repeated
const LONGEST_PAUSE = 30000;
const EVENT_PATIENCE = 2000; // between the acknowledgement of a message and its event
const PASSING = new Set(["unavailable", "rate_limited"]); // refusals that are only temporary

class Thread extends HTMLElement {
  #conversation; // its id
  #scroll;
  #reportedRead; // the sequence up to which this tab has reported that all is read
  patience = FIRST_PAUSE;
  seenTo = 0; // the highest sequence that was ever reported

  connectedCallback() {
    this.listeners = new AbortController();
    this.#conversation = Number(this.dataset.conversation);
    this.side = this.dataset.side;
    this.other = this.side === "consumer" ? "seller" : "consumer";
    this.read = { consumer: Number(this.dataset.readConsumer), seller: Number(this.dataset.readSeller) };
    this.list = new MessageList(
      this.querySelector(".messages"), this.querySelector("template[data-message]"), this.dataset,
    );
    const toLatest = () => this.toLatest();
    this.#scroll = new Scroll(this.querySelector(".thread__scroll"), this.querySelector(".thread__jump"), toLatest);
    this.typingLine = new TypingLine(this.querySelector(".thread__typing"));
    this.older = this.querySelector(".thread__scroll .thread__older");
    const sequences = this.list.items().map((item) => Number(item.dataset.sequence));
    this.newest = Number(this.dataset.last); // the newest message that this page has shown or counted
    this.ownRead = Number(this.dataset.ownRead);
    this.timeline = new Timeline(Number(this.dataset.revision), {
      first: sequences[0], last: sequences.at(-1), newest: this.newest, isLive: !("newer" in this.dataset),
    });
    this.history = new History(this, {
      timeline: this.timeline, list: this.list, scroll: this.#scroll, log: this.querySelector(".thread__log"),
      older: this.older, newer: this.querySelector(".thread__newer"),
    });
    const own = this.list.items().filter(({ dataset }) => Number(dataset.sender) === session.user);
    dropSentQuestions(
      new Set(own.map(({ dataset }) => dataset.clientId)),
      new Set(own.map((item) => item.querySelector(".message__body").textContent.trim())),
    );
    writeAll(this);
    this.arrange();
    openOnLongPress(this);
    this.addEventListener("click", (event) => this.followLink(event));
    this.addEventListener("click", (event) => this.list.warnings.clicked(event, this.dataset.messages));
    this.linked()?.toggleAttribute("data-linked", true); // `:target` needs a page load
    this.menus = new MessageMenus(this, this.querySelector("template[data-menu]"), this.listeners.signal);
    this.listen();
    this.showPending();
    this.begin();
    this.followLive();
    this.follows = true; // from now on, the composer may take over from the form
  }

  /** Stop following and reporting, because another conversation takes its place. */
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
      this.isStale = this.isOpening; // the response on its way may be older than this change
      this.catchUp();
    }, signal);
    session.on("conversation.ended", ({ conversation, revision, closed }) => {
      if (conversation !== this.#conversation) return;
      this.end(closed);
      if (!this.timeline.follow({ revision })) this.catchUpAgain();
    }, signal);
    session.on("conversation.reopened", ({ conversation }) => {
      if (conversation === this.#conversation) this.reopen();
    }, signal);
    session.on("page.fresh", (page) => this.list.rename(page), signal);
    session.on("muted.changed", ({ until }) => this.mute(until), signal);
    session.on("block.changed", ({ conversation, blocked }) => {
      if (conversation === this.#conversation) this.block(blocked);
    }, signal);
    session.on("heartbeat", ({ conversations }) => {
      if (conversations[this.#conversation] > this.timeline.revision) {
        this.isOpening = false; // whatever happened to the last request
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
    for (const kind of ["focus", "pageshow"]) window.addEventListener(kind, () => this.seen(), { signal });
    document.addEventListener("visibilitychange", () => this.seen(), { signal });
    this.addEventListener("click", ({ target }) => {
      const clientId = target.closest(".message")?.dataset.clientId;
      if (target.closest("[data-retry]")) passFocus(() => outbox.retry(clientId), ...this.places());
      if (target.closest("[data-discard]")) passFocus(() => outbox.discard(clientId), ...this.places());
      if (target.closest("[data-take-back]")) outbox.takeBack(clientId);
      if (answerQuestion(target, outbox, clientId)) this.composer?.field.focus();
    });
    for (const name of ["older", "newer"]) {
      this.history[name].querySelector("a").addEventListener("click", (event) => {
        event.preventDefault();
        if (name === "older") this.history.loadOlder();
        else this.history.loadNewer();
      });
    }
  }

  /** Where the focus goes when its element leaves the page: the box, or the log where the box opens a keyboard. */
  places() {
    const { composer, history } = this;
    const boxes = matchMedia("(pointer: fine)").matches ? composer?.querySelectorAll("textarea") : null;
    return [...(boxes ?? []), history.log];
  }

  /** Return the message or note in the page's URL, such as a search result's. */
  linked() {
    const id = CSS.escape(location.hash.slice(1));
    return id ? this.querySelector(`:is(.message, .note)[id="${id}"]`) : null;
  }

  /** Start reading at the message in the URL, at the first new message, or at the end. */
  begin() {
    const scroll = this.#scroll;
    const line = this.querySelector(".messages__new");
    if (this.linked()) this.linked().scrollIntoView({ block: "center" });
    else if (line) scroll.toLine(line);
    else if (this.timeline.isLive) return this.toEnd();
    else if (new URLSearchParams(location.search).has("before")) scroll.box.scrollTop = scroll.box.scrollHeight;
    scroll.moved();
    if (!this.timeline.isLive) scroll.showUnseen(Number(this.dataset.unread));
    else if (line && !scroll.atEnd) {
      const isNews = (item) => line.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
      scroll.showUnseen(this.list.items().filter(isNews).length);
    }
    this.seen();
  }

  // -- catching up ---------------------------------------------------------------------------

  /** Request changes over the socket; one request at a time, since each response is complete. */
  catchUp() {
    if (this.isOpening) return;
    // `since` 0 means the latest page, which is what a thread without messages needs.
    const since = this.timeline.revision;
    this.isOpening = session.send({ type: "conversation.open", conversation: this.#conversation, since });
  }

  async catchUpByHttp() {
    if (this.isPolling) return; // never faster than the server answers
    this.isPolling = true;
    const state = await getJSON(`${this.dataset.messages}?since=${this.timeline.revision}`);
    this.isPolling = false;
    if (state && !session.live) session.emit("conversation.state", state); // the socket's state may be newer
  }

  takeState(state) {
    if (state.conversation !== this.#conversation || !this.isConnected) return;
    this.isOpening = false;
    this.patience = FIRST_PAUSE;
    const isLatestPage = this.timeline.revision === 0;
    if (isLatestPage && state.messages.length) this.beginAt(state.messages[0].sequence, state.more);
    this.list.warnings.learn(state);
    this.read = state.read; // also backwards, if somebody no longer shows what they have read
    this.show(state.messages);
    if (state.ended) this.end(state.closed);
    else this.reopen();
    this.block(state.blocked);
    this.mute(state.muted_until);
    this.timeline.resumeAt(state.revision);
    this.seen();
    if (this.isStale || (state.more && !isLatestPage)) this.catchUpAgain();
    this.isStale = false;
  }

  /** Replace the composer with a line that says why nobody can write here any more. */
  end(isClosed) {
    const composer = this.querySelector("trato-composer:not([hidden])");
    if (!composer) return;
    const line = this.querySelector(`.thread__ended${isClosed ? "[data-closed]" : ""}`);
    const wasWriting = composer.contains(document.activeElement);
    composer.hidden = true;
    line.hidden = false;
    if (wasWriting) line.focus();
    this.dispatchEvent(new Event("thread-ended", { bubbles: true }));
  }

  /** Show the composer again after staff have reopened the conversation. A page drawn meanwhile has none. */
  reopen() {
    const line = this.querySelector(".thread__ended:not([hidden])");
    if (!line) return;
    if (!this.composer) location.reload();
    else this.composer.hidden = !(line.hidden = true);
  }

  /** Store until when staff have muted the person, if at all. CSS shows what that changes. */
  mute(until) {
    const line = this.querySelector(".thread__muted");
    if (!line || Boolean(until) === this.hasAttribute("data-muted")) return;
    const wasWriting = this.querySelector(".composer > .when-open")?.contains(document.activeElement);
    this.toggleAttribute("data-muted", Boolean(until));
    if (!until) return;
    const time = line.querySelector("time");
    time.dateTime = until;
    write(time);
    if (wasWriting) line.focus();
  }

  /** Store whether this side has blocked the other one. CSS shows what that changes. */
  block(isBlocked) {
    if (isBlocked === this.hasAttribute("data-blocked")) return;
    const wasWriting = this.querySelector(".composer > .when-open")?.contains(document.activeElement);
    this.toggleAttribute("data-blocked", isBlocked);
    this.typingLine.clear();
    if (!isBlocked) this.catchUpAgain(); // the read marks are still from before the block
    if (isBlocked && wasWriting) this.querySelector(".thread__blocked").focus();
  }

  /** Start an empty thread at this message. Earlier messages are loaded with the older pages. */
  beginAt(sequence, hasOlder) {
    this.timeline.startAt(sequence);
    this.list.drop((one) => one < sequence);
    this.older.hidden = !hasOlder;
  }

  /** Forget what was requested and reported over a socket that was lost or refused. */
  forgetAsked() {
    this.isOpening = false;
    this.#reportedRead = undefined;
  }

  /** Try again in a moment after a temporary refusal, and also report again how far the person has read. */
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

  /** Wait for a stored message's event. If it was lost, only this tab knows that something is missing. */
  expectEvent(sequence) {
    setTimeout(() => {
      if (!this.timeline.has(sequence)) this.catchUpAgain();
    }, EVENT_PATIENCE);
  }

  catchUpAgain() {
    if (!this.isConnected) return;
    if (session.live) this.catchUp();
    else this.catchUpByHttp();
  }

  // -- rendering -----------------------------------------------------------------------------

  /** Show new and changed messages. A reader at the end stays there; others see how many are new. */
  show(messages) {
    const stay = this.#scroll.atEnd;
    const news = [];
    let beyond = 0;
    for (const message of messages) {
      const what = this.timeline.take(message);
      if (!what) continue;
      outbox.remove(message.client_id);
      const isNew = what === "new" || what === "beyond";
      if (isNew) this.typingLine.hide(message.sender.id);
      if (what === "new" || what === "changed") this.drawOne(message);
      this.requote(message);
      if (what === "new") news.push(message);
      if (what === "beyond" && message.sender.id !== session.user) beyond += 1;
    }
    this.arrange();
    if (beyond) this.#scroll.showUnseen(this.#scroll.unseen + beyond);
    if (!news.length) return this.history.settle();
    if (stay || news.some(({ sender }) => sender.id === session.user)) this.toEnd();
    else this.#scroll.showUnseen(this.#scroll.unseen + news.length);
    this.history.tidy();
  }

  drawOne(message) {
    this.list.draw(message, message.quote && this.timeline.known(message.quote.sequence));
  }

  /** Update the quotes of a message to its current text. */
  requote(message) {
    this.list.requote(message);
    const quote = quoteOf(message);
    this.composer?.about?.changed({ sequence: quote.sequence, excerpt: wordsOfQuote(quote) });
  }

  showPending() {
    const stay = this.#scroll.atEnd;
    this.list.drawPending(outbox.of(this.#conversation));
    this.arrange();
    if (stay) this.toEnd();
  }

  arrange() {
    const { isLive, last } = this.timeline;
    this.list.arrange(this.read[this.other], isLive);
    if (isLive) this.newest = Math.max(this.newest, last);
  }

  /** Change what is between the messages. A reader stays at the end, or where they are. */
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

  /** Go to the end, where the message that the person has written is waiting. */
  async wrote() {
    await this.history.toLatest();
    this.toEnd();
  }

  async toLatest() {
    if (await this.history.toLatest()) this.history.keepFocus(() => this.toEnd());
    else offerUndo({ text: gettext("The latest messages can't be loaded right now. Try again in a moment.") });
  }

  scrolled() {
    const { timeline, history } = this;
    if (this.#scroll.atStart) history.loadOlder();
    if (!timeline.isLive && this.#scroll.isNearEnd) {
      history.loadNewer();
      const after = timeline.newest - timeline.last;
      if (after < this.#scroll.unseen) this.#scroll.showUnseen(after);
    }
    this.seen();
  }

  // -- changing ------------------------------------------------------------------------------

  get composer() {
    return this.querySelector("trato-composer");
  }

  /** Whether the person can still write here. */
  get canWrite() {
    return Boolean(this.composer && !this.composer.hidden)
      && !this.matches("[data-blocked], [data-muted]");
  }

  /** Change a message; returns the `refusal` in words, if there is one. */
  async change(sequence, values) {
    const { message, refusal } = await change(`${this.dataset.messages}${sequence}/`, values);
    if (message) this.receive(message);
    return { refusal };
  }

  /** The newest message that the person can edit. */
  lastOwn() {
    if (!this.timeline.isLive) return 0; // it isn't on the page
    const own = this.list.items().filter((item) => this.menus.isOwn(item, this.menus.editable));
    return Number(own.findLast((item) => !item.hasAttribute("data-removed"))?.dataset.sequence ?? 0);
  }

  /** Return what the composer shows of a message that it quotes. */
  quotable(item) {
    const name = item.querySelector(".message__sender").textContent.trim();
    const quote = quoteOfItem(item, {});
    return { sequence: quote.sequence, name, excerpt: wordsOfQuote(quote) };
  }

  /** Follow a quote to the original message, even if it isn't on the page. */
  followLink(event) {
    const link = event.target.closest(".message__quote, [data-to]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.toMessage(Number(link.dataset.quote ?? link.dataset.to));
  }

  async toMessage(sequence) {
    const item = await this.history.toMessage(sequence);
    if (!item) return offerUndo({ text: gettext("That message can't be loaded right now. Try again in a moment.") });
    this.querySelectorAll("[data-linked]").forEach((one) => one.removeAttribute("data-linked"));
    item.toggleAttribute("data-linked", true);
    item.tabIndex = -1;
    item.scrollIntoView({ block: "center" });
    item.focus({ preventScroll: true });
    this.#scroll.moved();
  }

  // -- reading -------------------------------------------------------------------------------

  /** Report how far the person has read, if the tab has focus and its end is in view. */
  async seen() {
    if (!this.isConnected || !this.hasSeenAll) return;
    const { last } = this.timeline;
    const looking = document.visibilityState === "visible" && document.hasFocus();
    if (!looking || !last || last <= this.#reportedRead) return;
    this.#reportedRead = last;
    this.seenTo = Math.max(this.seenTo, last);
    const sent = session.send({ type: "conversation.read", conversation: this.#conversation, sequence: last });
    if (!sent && !(await post(this.dataset.read, { sequence: last }))?.ok) this.#reportedRead = undefined;
  }

  /** Whether the person has seen everything up to the page's end: all of it, or all since the read mark. */
  get hasSeenAll() {
    const { isLive, first, last } = this.timeline;
    if (isLive) return this.#scroll.atEnd;
    const isNext = first <= Math.max(this.ownRead, this.seenTo) + 1 && last > this.ownRead;
    return isNext && this.#scroll.isNearEnd;
  }

  marked({ conversation, side, sequence }) {
    if (conversation !== this.#conversation) return;
    this.readTo(side, sequence);
    this.arrange();
  }

  /** Move a read mark forward only, because events may overtake each other. */
  readTo(side, sequence) {
    this.read[side] = Math.max(this.read[side], sequence);
  }
}

customElements.define("trato-thread", Thread);
