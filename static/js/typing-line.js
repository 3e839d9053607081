// "Marta is writing…", until the message is there or nothing more was heard for a while.
import { fill, gettext } from "trato/text";

const SHOWN_FOR = 5000; // milliseconds

export class TypingLine {
  constructor(line) {
    this.line = line;
  }

  show(name) {
    this.name = name;
    this.line.textContent = fill(gettext("%(name)s is writing…"), { name });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(name), SHOWN_FOR);
  }

  /** This person is done; somebody else may still be writing. */
  hide(name) {
    if (name === this.name) this.line.textContent = "";
  }
}
