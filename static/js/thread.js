// One conversation on the page: history from the server's markup, new messages from the same.
import { session } from "trato/session";
import { outbox } from "trato/outbox";
import { getJSON, post } from "trato/api";
import { Timeline } from "trato/timeline";
import { linkify } from "trato/links";
import { dayOf, write, writeAll } from "trato/local-time";
import { fill, gettext, ngettext } from "trato/text";

const GROUP_WITHIN = 5 * 60000; // milliseconds between messages of one sender
const NEAR_END = 120; // pixels
const TYPING_SHOWN_FOR = 5000; // milliseconds

class Thread extends HTMLElement {
  connectedCallback() {
    this.id_ = Number(this.dataset.conversation);
    this.side = this.dataset.side;
    this.read = { consumer: Number(this.dataset.readConsumer), seller: Number(this.dataset.readSeller) };
    this.timeline = new Timeline(Number(this.dataset.revision));
    this.list = this.querySelector(".messages");
    this.scroller = this.querySelector(".thread__scroll");
    this.template = this.querySelector("template[data-message]");
    this.jump = this.querySelector(".thread__jump");
    this.unseen = 0;
    for (const item of this.items()) {
      const revision = Number(item.dataset.sequence) ? 0 : null;
      this.timeline.messages.set(Number(item.dataset.sequence), { revision });
    }
    this.listen();
    this.arrange();
    this.showPending();
    this.toEnd();
    if (!this.dataset.before) this.followLive();
  }

  followLive() {
    session.on("live", () => this.catchUp());
    session.on("poll", () => this.catchUpByHttp());
    session.on("message.created", (message) => this.heard(message));
    session.on("message.changed", (message) => this.heard(message));
    session.on("conversation.state", (state) => this.takeState(state));
    session.on("conversation.read", (mark) => this.marked(mark));
    session.on("heartbeat", ({ conversations }) => {
      if (conversations[this.id_] > this.timeline.revision) this.catchUp();
    });
    session.on("typing", (typing) => this.typing(typing));
    if (session.live) this.catchUp();
  }

  listen() {
    outbox.addEventListener("changed", () => this.showPending());
    outbox.addEventListener("sent", ({ detail }) => {
      if (detail.conversation === this.id_ && detail.sender) this.heard(detail);
    });
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.jump.addEventListener("click", () => this.toEnd());
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

  items() {
    return [...this.list.querySelectorAll(".message:not([data-pending])")];
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
    state.messages.forEach((message) => this.draw(message));
    this.timeline.resumeAt(state.revision);
    this.read = state.read;
    this.arrange();
    this.seen();
    if (state.more && this.timeline.revision) session.live ? this.catchUp() : this.catchUpByHttp();
  }

  heard(message) {
    if (message.conversation !== this.id_) return;
    this.draw(message);
    if (!this.timeline.follow(message)) session.live ? this.catchUp() : this.catchUpByHttp();
    this.arrange();
    this.seen();
  }

  async loadOlder() {
    if (this.loading || !this.dataset.older) return;
    this.loading = true;
    const first = Math.min(...this.timeline.messages.keys());
    const state = await getJSON(`${this.dataset.messages}?before=${first}`);
    this.loading = false;
    if (!state) return;
    const height = this.scroller.scrollHeight - this.scroller.scrollTop;
    state.messages.forEach((message) => this.draw(message));
    this.dataset.older = state.more ? "1" : "";
    this.querySelector(".thread__older").hidden = !state.more;
    this.arrange();
    this.scroller.scrollTop = this.scroller.scrollHeight - height; // what was in view stays there
  }

  // -- drawing -------------------------------------------------------------------------------

  draw(message) {
    const what = this.timeline.take(message);
    if (!what) return;
    outbox.remove(message.client_id);
    const stay = this.atEnd();
    const item = this.fill(message);
    const old = this.list.querySelector(`.message[data-sequence="${message.sequence}"]`);
    if (old) old.replaceWith(item);
    else this.insert(item, message.sequence);
    if (what === "new" && message.sequence === this.timeline.last) {
      if (stay || message.sender.id === session.user) this.toEnd();
      else this.showJump(this.unseen + 1);
    }
  }

  fill(message) {
    const item = this.template.content.firstElementChild.cloneNode(true);
    const sequence = message.sequence ?? "";
    Object.assign(item.dataset, {
      side: message.side, sequence, sender: message.sender.id, clientId: message.client_id,
    });
    item.id = `message-${sequence || message.client_id}`;
    item.toggleAttribute("data-removed", message.removed);
    item.querySelector(".message__sender").textContent = message.sender.name;
    item.querySelector(".message__body").replaceChildren(linkify(message.body));
    item.querySelector(".message__removed").hidden = !message.removed;
    const report = item.querySelector(".message__report");
    if (message.side === this.side || message.removed) report.remove();
    else report.href = `${this.dataset.messages}${sequence}/report/`;
    const time = item.querySelector("time");
    time.dateTime = message.created_at;
    write(time);
    return item;
  }

  insert(item, sequence) {
    const next = this.items().find((other) => Number(other.dataset.sequence) > sequence);
    this.list.insertBefore(item, next ?? this.list.querySelector("[data-pending]"));
  }

  /** Days, groups and the state of one's own messages, derived anew from what is shown. */
  arrange() {
    let day = "";
    let previous = null;
    this.list.querySelectorAll(".messages__day").forEach((mark) => mark.remove());
    for (const item of this.list.querySelectorAll(".message")) {
      const time = item.querySelector("time");
      const date = new Date(time.dateTime);
      if (dayOf(date) !== day) {
        day = dayOf(date);
        previous = null;
        item.before(this.dayMark(time.dateTime));
      }
      item.toggleAttribute(
        "data-grouped",
        previous?.dataset.sender === item.dataset.sender && date - previous.date < GROUP_WITHIN,
      );
      item.date = date;
      previous = item;
      if (item.dataset.side === this.side) this.showState(item);
    }
    writeAll(this);
  }

  dayMark(dateTime) {
    const mark = document.createElement("li");
    mark.className = "messages__day";
    const time = document.createElement("time");
    time.dateTime = dateTime;
    time.dataset.local = "day";
    mark.append(time);
    return mark;
  }

  showState(item) {
    const other = this.side === "consumer" ? "seller" : "consumer";
    const state = item.querySelector("[data-state]");
    if (item.hasAttribute("data-pending")) {
      state.textContent = item.dataset.failed ? gettext("Not sent") : gettext("Waiting");
    } else {
      const isRead = Number(item.dataset.sequence) <= this.read[other];
      state.textContent = isRead ? gettext("Read") : gettext("Sent");
    }
  }

  showPending() {
    const entries = outbox.of(this.id_);
    const stay = this.atEnd();
    this.list.querySelectorAll("[data-pending]").forEach((item) => item.remove());
    for (const entry of entries) {
      const item = this.fill({
        ...entry, side: this.side, sender: { id: session.user, name: "" }, removed: false,
      });
      item.toggleAttribute("data-pending", true);
      item.dataset.failed = entry.failed ?? "";
      const failed = item.querySelector(".message__failed");
      failed.hidden = !entry.failed;
      failed.querySelector("[data-why]").textContent = entry.failed ?? "";
      this.list.append(item);
    }
    this.arrange();
    if (stay) this.toEnd();
  }

  // -- reading -------------------------------------------------------------------------------

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.showJump(0);
    this.seen();
  }

  showJump(count) {
    this.unseen = count;
    this.jump.hidden = count === 0;
    this.jump.lastElementChild.textContent = fill(
      ngettext("%(count)s new message", "%(count)s new messages", count), { count },
    );
  }

  scrolled() {
    if (this.scroller.scrollTop < NEAR_END) this.loadOlder();
    if (this.atEnd()) {
      this.showJump(0);
      this.seen();
    }
  }

  /** Tell how far was read, once the tab is really looked at and its end is in view. */
  seen() {
    const last = this.timeline.last;
    const looking = document.visibilityState === "visible" && document.hasFocus();
    if (!looking || this.dataset.before || !this.atEnd() || last <= this.read_) return;
    if (this.read_ === undefined && last === 0) return;
    this.read_ = last;
    const sent = session.send({ type: "conversation.read", conversation: this.id_, sequence: last });
    if (!sent) post(this.dataset.read, { sequence: last });
  }

  marked({ conversation, side, sequence }) {
    if (conversation !== this.id_) return;
    this.read[side] = Math.max(this.read[side], sequence);
    this.arrange();
  }

  typing({ conversation, name }) {
    if (conversation !== this.id_) return;
    const line = this.querySelector(".thread__typing");
    line.textContent = fill(gettext("%(name)s is writing…"), { name });
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => (line.textContent = ""), TYPING_SHOWN_FOR);
  }
}

customElements.define("trato-thread", Thread);
