// Lists the colleagues that an `@` may mean, at the box for notes. Typing a name without the list works
// too, because the server reads the text.
import { getJSON } from "trato/api";
import { insertAt, isComposing } from "trato/insert";
import { session } from "trato/session";
import { plain } from "trato/text";

const SHOWN = 6;
const MENTION = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]*)?)$/u; // up to the cursor

/** Return the people whose name, or a later part of it, begins with what was typed. */
export function peopleMatching(people, typed) {
  const start = plain(typed);
  const parts = (name) => plain(name).split(" ").map((_word, place, words) => words.slice(place).join(" "));
  return people.filter(({ name }) => parts(name).some((part) => part.startsWith(start))).slice(0, SHOWN);
}

export class MentionList {
  active = -1; // the marked option's index

  /** @param source the URL of the list of colleagues, requested at the first `@` */
  constructor(field, list, source, signal) {
    Object.assign(this, { field, list, source });
    for (const kind of ["input", "click"]) field.addEventListener(kind, () => this.show(), { signal });
    field.addEventListener("blur", () => this.close(), { signal });
    session.on("members.changed", () => (this.people = undefined), signal);
    // Before the composer's own listener, which adds the note on Enter.
    field.addEventListener("keydown", (event) => this.steer(event), { capture: true, signal });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the focus stays in the field
      this.choose(event.target.closest("[role=option]"));
    }, { signal });
  }

  typed() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd ? value.slice(0, selectionStart).match(MENTION)?.[1] : undefined;
  }

  async show() {
    if (this.isInserting || this.typed() === undefined) return this.close();
    this.people ??= getJSON(this.source).then((answer) => answer?.people);
    const people = await this.people;
    if (!people) this.people = undefined; // ask again with the next key
    const typed = this.typed();
    const fitting = typed === undefined ? [] : peopleMatching(people ?? [], typed);
    this.list.replaceChildren(...fitting.map(({ name }, place) => this.option(name, place)));
    this.list.hidden = fitting.length === 0;
    if (fitting.length) this.mark(0);
    else this.close();
  }

  option(name, place) {
    const item = document.createElement("li");
    item.id = `mention-${place}`;
    item.role = "option";
    item.dir = "auto";
    item.textContent = name;
    return item;
  }

  mark(place) {
    this.active = place;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
    this.field.setAttribute("aria-activedescendant", this.list.children[place].id);
  }

  close() {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  steer(event) {
    if (this.list.hidden || isComposing(event)) return;
    const last = this.list.children.length - 1;
    const { key } = event;
    if (key === "ArrowDown") this.mark(this.active < last ? this.active + 1 : 0);
    else if (key === "ArrowUp") this.mark(this.active > 0 ? this.active - 1 : last);
    else if (key === "Escape") this.close();
    else if ((key === "Enter" || key === "Tab") && !event.shiftKey) this.choose(this.list.children[this.active]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  choose(item) {
    if (!item) return;
    const end = this.field.selectionStart;
    const start = end - this.typed().length;
    const name = item.textContent;
    this.close();
    this.isInserting = true;
    insertAt(this.field, `${name} `, start, end);
    this.isInserting = false;
  }
}
