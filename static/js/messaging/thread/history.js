// The part of a long conversation that is on the page. Scrolling loads more messages and removes messages
// that are far out of view. Only one page of messages is loaded at a time.
import { getJSON } from "trato/api";
import { isVisible } from "trato/keep-focus";

const MOST_SHOWN = 400; // messages on the page
const MARGIN = 40; // messages that stay on either side of what is in view
const QUIET = 500; // milliseconds after which screen readers announce additions again

export class History {
  /** `thread`: draws messages; the others are its parts. */
  constructor(thread, { timeline, list, scroll, log, older, newer }) {
    Object.assign(this, { thread, timeline, list, scroll, log, older, newer });
    this.scroll.isLive = timeline.isLive;
  }

  // -- loading -----------------------------------------------------------------------------------

  async loadOlder() {
    if (this.isLoading || this.older.hidden) return;
    const state = await this.ask(`before=${this.timeline.first}`);
    if (state) this.add(() => this.timeline.addOlder(state.messages), () => (this.older.hidden = !state.older));
  }

  async loadNewer() {
    if (this.isLoading || this.timeline.isLive) return;
    const state = await this.ask(`after=${this.timeline.last}`);
    if (state) this.add(() => this.timeline.addNewer(state.messages, !state.newer));
  }

  /** Show the newest messages; returns whether they are there. */
  async toLatest() {
    if (this.timeline.isLive) return true;
    const state = await this.ask("since=0", { urgent: true });
    if (!state) return false;
    // Keep the revision: this page lacks the changes since then to other messages.
    this.replace(state.messages, { older: state.more, newer: false });
    if (state.ended) this.thread.end(state.closed);
    return true;
  }

  /** Show a message and those around it; returns its element, or null. */
  async toMessage(sequence) {
    if (!this.list.item(sequence)) {
      const state = await this.ask(`around=${sequence}`, { urgent: true });
      if (state) this.replace(state.messages, state);
    }
    return this.list.item(sequence);
  }

  /** Ask for a page of messages; `urgent`: instead of a page that is on its way. */
  async ask(query, { urgent = false } = {}) {
    if (this.isLoading && !urgent) return null;
    const request = {};
    this.isLoading = request;
    const state = await getJSON(`${this.thread.dataset.messages}?${query}`);
    if (this.isLoading !== request) return null;
    this.isLoading = null;
    this.thread.list.warnings.learn(state);
    return this.thread.isConnected ? state : null;
  }

  // -- showing -----------------------------------------------------------------------------------

  /** Add a page. `take` returns the messages to draw, or null if the page no longer fits. */
  add(take, then = () => {}) {
    const messages = take();
    if (!messages) return;
    then();
    // Draw from the end upwards: each message goes before the next one.
    this.change(() => messages.toReversed().forEach((message) => this.thread.drawOne(message)));
    this.timeline.settle();
  }

  replace(messages, { older, newer }) {
    const latest = this.timeline.replace(messages, !newer);
    this.older.hidden = !older;
    this.quietly(() => {
      this.list.drop(() => true);
      latest.toReversed().forEach((message) => this.thread.drawOne(message));
      this.showEnd();
      this.thread.arrange();
    });
    this.timeline.settle();
  }

  /** Add messages and remove others, without moving what is in view. */
  change(draw) {
    this.quietly(() => this.scroll.keep(this.list.items(), () => {
      draw();
      this.trim();
      this.showEnd();
      this.thread.arrange();
    }));
  }

  /** Remove messages after new ones have come. */
  tidy() {
    const items = this.list.items();
    if (items.length > MOST_SHOWN) {
      this.keepFocus(() => this.scroll.keep(items, () => {
        this.trim();
        this.showEnd();
        this.thread.arrange();
      }));
    }
    this.settle();
  }

  /** Forget changes to messages elsewhere, unless a page on its way may be older than them. */
  settle() {
    if (!this.isLoading) this.timeline.settle();
  }

  /** Remove the messages furthest from view, on one side. */
  trim() {
    const items = this.list.items();
    if (items.length <= MOST_SHOWN) return;
    const { above, below } = this.scroll.outOfView(items);
    const most = Math.min(items.length - MOST_SHOWN + MARGIN, Math.max(above, below) - MARGIN);
    if (most <= 0) return;
    const sequenceOf = (item) => Number(item.dataset.sequence);
    if (above > below) {
      this.timeline.dropBefore(sequenceOf(items[most]));
      this.older.hidden = false;
    } else this.timeline.dropAfter(sequenceOf(items.at(-most - 1)));
    const { timeline } = this;
    this.list.drop((sequence) => !timeline.shows(sequence));
  }

  /** Tell the rest of the page whether the newest message is on it. */
  showEnd() {
    this.newer.hidden = this.timeline.isLive;
    this.scroll.isLive = this.timeline.isLive;
    this.scroll.showUnseen(this.scroll.unseen);
    this.scroll.moved();
  }

  /** Change the log without announcing it: a screen reader would read out a whole page of old messages. */
  quietly(change) {
    clearTimeout(this.pause);
    this.log.setAttribute("aria-live", "off");
    try {
      this.keepFocus(change);
    } finally {
      this.pause = setTimeout(() => this.log.setAttribute("aria-live", "polite"), QUIET);
    }
  }

  /** Move the focus to the log if the focused element leaves the page. */
  keepFocus(change) {
    const focused = document.activeElement;
    change();
    if (focused && !isVisible(focused)) this.log.focus({ preventScroll: true });
  }
}
