// Where in a long thread one is: at its end, or further up with news below.
import { fill, ngettext } from "trato/text";

const NEAR = 120; // pixels

export class Scroll {
  unseen = 0;

  constructor(box, jump) {
    this.box = box;
    this.jump = jump;
    jump.addEventListener("click", () => this.toEnd());
    box.addEventListener("scroll", () => this.moved(), { passive: true });
    // A growing composer or the keyboard of a phone takes room away: a reader at the end stays there.
    new ResizeObserver(() => this.ended && this.toEnd()).observe(box);
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

  /** Begin to read at a line: it stands on top, unless all that follows fits below it. */
  toLine(line) {
    this.box.scrollTop += line.getBoundingClientRect().top - this.box.getBoundingClientRect().top;
    this.moved();
  }

  /** Change something above; what is in view stays where it is. */
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

  /** So many messages arrived below what is in view. */
  showUnseen(count) {
    this.unseen = count;
    this.jump.hidden = count === 0;
    this.jump.lastElementChild.textContent = fill(
      ngettext("%(count)s new message", "%(count)s new messages", count), { count },
    );
  }
}
