// The position in a long thread: at its end, or further up with new messages below.
import { fill, ngettext } from "trato/text";

const NEAR = 120; // pixels

export class Scroll {
  unseen = 0;

  constructor(box, jump) {
    this.box = box;
    this.jump = jump;
    jump.addEventListener("click", () => this.toEnd());
    // Not if the box has another height than before: whether it was at its end counts, below.
    const scrolled = () => box.clientHeight === this.height && this.moved();
    box.addEventListener("scroll", scrolled, { passive: true });
    // A growing composer or a phone's keyboard takes space: keep a reader at the end there.
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

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    return scrollHeight - scrollTop - clientHeight < NEAR;
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

  /** Change something above, without moving what is in view. */
  keep(items, change) {
    const top = this.box.getBoundingClientRect().top;
    const anchor = items.find((item) => item.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  moved() {
    this.ended = this.atEnd;
    if (this.ended) this.showUnseen(0);
  }

  /** Count messages that arrived below what is in view. */
  showUnseen(count) {
    this.unseen = count;
    this.jump.hidden = count === 0;
    this.jump.lastElementChild.textContent = fill(
      ngettext("%(count)s new message", "%(count)s new messages", count), { count },
    );
  }
}
