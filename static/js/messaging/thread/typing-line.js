// "Marta is writing…", until the message arrives, the box is empty again, or no event has arrived
// for a while.
import { fill, gettext } from "trato/text";

const SHOWN_FOR = 5000; // milliseconds

export class TypingLine {
  writing = new Map(); // person → name and timer

  constructor(line) {
    this.line = line;
  }

  show(user, name) {
    clearTimeout(this.writing.get(user)?.timer);
    this.writing.set(user, { name, timer: setTimeout(() => this.hide(user), SHOWN_FOR) });
    this.say();
  }

  /** Remove a person who has stopped; others may still be writing. */
  hide(user) {
    clearTimeout(this.writing.get(user)?.timer);
    if (this.writing.delete(user)) this.say();
  }

  /** Remove everybody: somebody may no longer want to show that they are typing. */
  clear() {
    for (const user of [...this.writing.keys()]) this.hide(user);
  }

  say() {
    const names = [...this.writing.values()].map(({ name }) => name);
    const text = this.wording(names);
    if (this.line.textContent !== text) this.line.textContent = text; // otherwise it would be read out again
  }

  wording(names) {
    const [first, second] = names;
    const count = names.length;
    if (count === 0) return "";
    if (count === 1) return fill(gettext("%(name)s is writing…"), { name: first });
    if (count === 2) return fill(gettext("%(first)s and %(second)s are writing…"), { first, second });
    return gettext("Several people are writing…");
  }
}
