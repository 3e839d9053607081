// Staff messages among a thread's messages: those on the page, later ones, and those taken back. There are
// few, so each state has all of them.
import { post } from "trato/api";
import { linkify } from "trato/links";
import { write } from "trato/local-time";
import { session } from "trato/session";

const BETWEEN = ".messages__day, .messages__new, .messages__gap";

const sentAt = (item) => Date.parse(item.querySelector("time").dateTime);

/** Return the item before an item, skipping the lines between them. */
function precedingOf(item) {
  let previous = item.previousElementSibling;
  while (previous?.matches(BETWEEN)) previous = previous.previousElementSibling;
  return previous;
}

class StaffMessages extends HTMLElement {
  rows = new Map(); // ID → element

  async connectedCallback() {
    this.gone = new AbortController();
    await customElements.whenDefined("trato-thread");
    this.thread = this.closest("trato-thread");
    if (!this.thread?.follows) return;
    const { signal } = this.gone;
    this.conversation = Number(this.thread.dataset.conversation);
    this.list = this.thread.querySelector(".messages");
    for (const item of this.list.querySelectorAll(".from-staff")) this.rows.set(Number(item.dataset.id), item);
    session.on("staff_message.changed", (change) => this.changed(change), signal);
    session.on("conversation.state", (state) => {
      if (state.conversation === this.conversation) this.take(state.staff_messages ?? []);
    }, signal);
    document.addEventListener("visibilitychange", () => this.markRead(), { signal });
    this.observer = new MutationObserver(() => this.draw());
    this.observer.observe(this.list, { childList: true });
    this.isUnread = this.hasAttribute("data-has-news");
    this.markRead();
  }

  disconnectedCallback() {
    this.gone.abort();
    this.observer?.disconnect();
  }

  changed({ conversation, revision, message }) {
    if (conversation !== this.conversation) return;
    this.take([message]);
    if (!this.thread.timeline.follow({ revision })) this.thread.catchUpAgain();
  }

  take(messages) {
    for (const message of messages) {
      const known = this.rows.get(message.id);
      if (known && (known.hasAttribute("data-taken-back") || !message.taken_back)) continue;
      const item = this.fill(message);
      this.rows.set(message.id, item);
      if (known?.isConnected) this.thread.rearrange(() => known.replaceWith(item));
      this.isUnread = true;
    }
    this.draw();
    this.markRead();
  }

  fill({ id, body, created_at: at, taken_back: isTakenBack }) {
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    item.id = `staff-message-${id}`;
    item.dataset.id = id;
    item.toggleAttribute("data-taken-back", isTakenBack);
    item.querySelector(".from-staff__body").replaceChildren(linkify(body));
    item.querySelector(".from-staff__gone").hidden = !isTakenBack;
    const time = item.querySelector("time");
    time.dateTime = at;
    write(time);
    return item;
  }

  /** Put each row where its time belongs, if the messages around it are shown. Move only what must move. */
  draw() {
    const moves = [];
    const messages = [...this.list.querySelectorAll(".message:not([data-pending])")];
    const others = [...this.list.querySelectorAll(".message:not([data-pending]), .note[data-revision], .assignment")];
    const first = messages.length && !this.thread.older.hidden ? sentAt(messages[0]) : -Infinity;
    const end = messages.length && !this.thread.timeline.isLive ? sentAt(messages.at(-1)) : Infinity;
    let last = null; // the staff message before this one
    for (const [, item] of [...this.rows].sort(([one], [other]) => one - other)) {
      const time = sentAt(item);
      if (time < first || time > end) {
        if (item.isConnected) moves.push(() => item.remove());
        continue;
      }
      const before = others.findLast((other) => sentAt(other) <= time) ?? null;
      const isAfterLast = last && (!before || sentAt(last) >= sentAt(before));
      const place = isAfterLast ? last : before;
      if (!item.isConnected || precedingOf(item) !== place) {
        moves.push(() => (place ? place.after(item) : this.list.prepend(item)));
      }
      last = item;
    }
    if (moves.length) this.thread.rearrange(() => moves.forEach((move) => move()));
    this.observer?.takeRecords();
  }

  /** Mark the notices as read: the person sees the messages here. */
  markRead() {
    if (!this.isUnread || document.visibilityState !== "visible") return;
    this.isUnread = false;
    post(this.dataset.read, {});
  }
}

customElements.define("trato-staff-messages", StaffMessages);
