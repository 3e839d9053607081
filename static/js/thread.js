// One conversation on the page: it follows what happens, and tells how far one has read.
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { getJSON, post } from "trato/api";
import { writeAll } from "trato/local-time";
import { MessageList } from "trato/message-list";
import { Scroll } from "trato/scroll";
import { Timeline } from "trato/timeline";
import { TypingLine } from "trato/typing-line";

class Thread extends HTMLElement {
  connectedCallback() {
    this.id_ = Number(this.dataset.conversation);
    this.side = this.dataset.side;
    this.other = this.side === "consumer" ? "seller" : "consumer";
    this.read = { consumer: Number(this.dataset.readConsumer), seller: Number(this.dataset.readSeller) };
    this.timeline = new Timeline(Number(this.dataset.revision));
    this.list = new MessageList(
      this.querySelector(".messages"), this.querySelector("template[data-message]"), this.dataset,
    );
    this.scroll_ = new Scroll(this.querySelector(".thread__scroll"), this.querySelector(".thread__jump"));
    this.typingLine = new TypingLine(this.querySelector(".thread__typing"));
    for (const item of this.list.items()) {
      this.timeline.messages.set(Number(item.dataset.sequence), { revision: 0 });
    }
    writeAll(this);
    this.arrange();
    // A page of older messages is for reading: what is written there goes by its form, which leads
    // to the newest ones.
    if (this.dataset.before) return;
    this.listen();
    this.showPending();
    this.begin();
    this.followLive();
    this.follows = true; // from now on the composer may leave it to the scripts
  }

  followLive() {
    session.on("live", () => {
      this.told = undefined; // what the lost line may have swallowed is told again
      this.catchUp();
    });
    session.on("poll", () => this.catchUpByHttp());
    session.on("message.created", (message) => this.heard(message));
    session.on("message.changed", (message) => this.heard(message));
    session.on("conversation.state", (state) => this.takeState(state));
    session.on("conversation.read", (mark) => this.marked(mark));
    session.on("heartbeat", ({ conversations }) => {
      if (conversations[this.id_] > this.timeline.revision) this.catchUp();
    });
    session.on("typing", ({ conversation, user, name, stopped }) => {
      if (conversation !== this.id_) return;
      if (stopped) this.typingLine.hide(user);
      else this.typingLine.show(user, name);
    });
    if (session.live) this.catchUp();
  }

  listen() {
    outbox.addEventListener("changed", () => this.showPending());
    outbox.addEventListener("sent", ({ detail }) => {
      if (detail.conversation === this.id_ && detail.sender) this.heard(detail);
    });
    this.scroll_.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroll_.jump.addEventListener("click", () => this.seen());
    for (const kind of ["focus", "pageshow"]) window.addEventListener(kind, () => this.seen());
    document.addEventListener("visibilitychange", () => this.seen());
    this.addEventListener("click", ({ target }) => {
      const clientId = target.closest(".message")?.dataset.clientId;
      if (target.closest("[data-retry]")) outbox.retry(clientId);
      if (target.closest("[data-discard]")) outbox.remove(clientId);
    });
    this.querySelector(".thread__older a")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.loadOlder();
    });
  }

  /** Where one starts to read: at the first message that is new, else at the end. */
  begin() {
    const line = this.querySelector(".messages__new");
    if (!line) return this.toEnd();
    this.scroll_.toLine(line);
    if (!this.scroll_.atEnd) {
      const isNews = (item) => line.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
      this.scroll_.tell(this.list.items().filter(isNews).length);
    }
    this.seen();
  }

  // -- catching up ---------------------------------------------------------------------------

  catchUp() {
    // `since` 0 would mean the latest page; a thread without messages asks for just that.
    session.send({ type: "conversation.open", conversation: this.id_, since: this.timeline.revision });
  }

  async catchUpByHttp() {
    const state = await getJSON(`${this.dataset.messages}?since=${this.timeline.revision}`);
    if (state) this.takeState(state);
  }

  takeState(state) {
    if (state.conversation !== this.id_) return;
    for (const side in state.read) this.readTo(side, state.read[side]);
    this.show(state.messages);
    this.timeline.resumeAt(state.revision);
    this.seen();
    if (state.more && this.timeline.revision) this.catchUpAgain();
  }

  heard(message) {
    if (message.conversation !== this.id_) return;
    this.show([message]);
    if (!this.timeline.follow(message)) this.catchUpAgain();
    this.seen();
  }

  catchUpAgain() {
    if (session.live) this.catchUp();
    else this.catchUpByHttp();
  }

  async loadOlder() {
    if (this.loading || !this.dataset.older) return;
    this.loading = true;
    const first = Math.min(...this.timeline.messages.keys());
    const state = await getJSON(`${this.dataset.messages}?before=${first}`);
    this.loading = false;
    if (!state) return;
    this.dataset.older = state.more ? "1" : "";
    this.scroll_.keep(this.list.items(), () => {
      state.messages.forEach((message) => this.timeline.take(message) && this.list.draw(message));
      this.querySelector(".thread__older").hidden = !state.more;
      this.arrange();
    });
  }

  // -- showing -------------------------------------------------------------------------------

  /** Draw what is new or changed; whoever was at the end stays there, others are told of news. */
  show(messages) {
    const stay = this.scroll_.atEnd;
    const { last } = this.timeline;
    for (const message of messages) {
      const what = this.timeline.take(message);
      if (!what) continue;
      outbox.remove(message.client_id);
      this.list.draw(message);
      if (what === "new") this.typingLine.hide(message.sender.id);
    }
    this.arrange();
    const news = messages.filter(({ sequence }) => sequence > last);
    if (!news.length) return;
    if (stay || news.some(({ sender }) => sender.id === session.user)) this.toEnd();
    else this.scroll_.tell(this.scroll_.unseen + news.length);
  }

  showPending() {
    const stay = this.scroll_.atEnd;
    this.list.drawPending(outbox.of(this.id_));
    this.arrange();
    if (stay) this.toEnd();
  }

  arrange() {
    this.list.arrange(this.read[this.other]);
  }

  toEnd() {
    this.scroll_.toEnd();
    this.seen();
  }

  scrolled() {
    if (this.scroll_.atStart) this.loadOlder();
    this.seen();
  }

  // -- reading -------------------------------------------------------------------------------

  /** Tell how far was read, once the tab is really looked at and its end is in view. */
  async seen() {
    const { last } = this.timeline;
    const looking = document.visibilityState === "visible" && document.hasFocus();
    if (!looking || !last || last <= this.told || this.dataset.before || !this.scroll_.atEnd) return;
    this.told = last;
    const sent = session.send({ type: "conversation.read", conversation: this.id_, sequence: last });
    if (!sent && !(await post(this.dataset.read, { sequence: last }))?.ok) this.told = undefined;
  }

  marked({ conversation, side, sequence }) {
    if (conversation !== this.id_) return;
    this.readTo(side, sequence);
    this.arrange();
  }

  /** Marks only go forward: an answer may be older than what was heard meanwhile. */
  readTo(side, sequence) {
    this.read[side] = Math.max(this.read[side], sequence);
  }
}

customElements.define("trato-thread", Thread);
