// The position in a long thread: at its end, or further up with new messages below.
import { fill, gettext, ngettext } from "trato/text";

const NEAR = 120; // pixels

export class Scroll {
  unseen = 0;
  isLive = true; // whether the newest message is at the end

  /** `toLatest`: shows the newest messages. */
  constructor(box, jump, toLatest) {
    this.box = box;
    this.jump = jump;
    jump.addEventListener("click", toLatest);
    // Ignore scrolling from a change of height: the observer below keeps the reader at the end.
    const scrolled = () => box.clientHeight === this.height && this.moved();
    box.addEventListener("scroll", scrolled, { passive: true });
    // When a growing composer or a phone's keyboard takes space, keep a reader who is at the end there.
    this.observer = new ResizeObserver(() => {
      this.height = box.clientHeight;
      if (this.ended) this.toEnd();
    });
    this.observer.observe(box);
  }

  stop() {
    this.observer.disconnect();
  }

  get atStart() {
    return this.box.scrollTop < NEAR;
  }

  /** Whether the last message on the page is in view, newest or not. */
  get isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  get atEnd() {
    return this.isLive && this.isNearEnd;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.moved();
  }

  /** Start reading at a line: put it on top, unless everything after it fits below. */
  toLine(line) {
    this.box.scrollTop += line.getBoundingClientRect().top - this.box.getBoundingClientRect().top;
    this.moved();
  }

  /** Count the items above what is in view, and those below it. */
  outOfView(items) {
    const { top, bottom } = this.box.getBoundingClientRect();
    const above = items.findIndex((item) => item.getBoundingClientRect().bottom > top);
    const last = items.findLastIndex((item) => item.getBoundingClientRect().top < bottom);
    return { above: above < 0 ? items.length : above, below: items.length - 1 - last };
  }

  /** Change something above, without moving what is in view. */
  keep(items, change) {
    const top = this.box.getBoundingClientRect().top;
    const anchor = items.find((item) => item.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  moved() {
    this.ended = this.atEnd;
    if (this.ended) this.showUnseen(0);
  }

  /** Count messages that arrived below what is in view. */
  showUnseen(count) {
    this.unseen = count;
    this.jump.hidden = count === 0 && this.isLive;
    this.jump.lastElementChild.textContent = count === 0 ? gettext("To the latest messages") : fill(
      ngettext("%(count)s new message", "%(count)s new messages", count), { count },
    );
  }
}
