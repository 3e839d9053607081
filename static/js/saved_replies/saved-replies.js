// Saved replies below the message box: a searchable list, and `/shortcut` followed by Tab or Enter. The
// server fills in their fields for this conversation; nothing here sends anything.
import { getJSON, post } from "trato/api";
import { insertAt, isComposing } from "trato/insert";
import { fill, gettext, plain } from "trato/text";

const FRESH = 30000; // milliseconds that a loaded list is used for shortcuts: prices may change
const SHORTCUT = /(?:^|\s)\/([\p{L}\p{N}-]+)$/u; // a shortcut at the start of a word, up to the cursor

/** Return the replies with every word of a search, in their order. */
export function repliesMatching(replies, search) {
  const words = plain(search).replace(/^\//, "").split(/\s+/).filter(Boolean);
  return replies.filter(({ name, short, text }) => {
    const whole = plain(`${name} ${short} ${text}`);
    return words.every((word) => whole.includes(word));
  });
}

/** Return the reply that a shortcut means: the person's own, then the shop's, then the only one it begins. */
function meant(replies, typed, { exactly = false } = {}) {
  const short = plain(typed);
  const same = replies.filter((reply) => reply.short === short);
  const begun = replies.filter((reply) => reply.short.startsWith(short));
  const only = begun.length === 1 && !exactly ? begun[0] : undefined;
  return same.find((reply) => reply.is_own) ?? same[0] ?? only;
}

class SavedReplies extends HTMLElement {
  replies = [];
  loadedAt = -Infinity;
  active = -1; // the marked option's place in the list

  connectedCallback() {
    const part = (name) => this.querySelector(`.replies__${name}`);
    for (const name of ["link", "button", "panel", "search", "notice", "list", "empty", "status"]) this[name] = part(name);
    this.item = this.querySelector("template").content.firstElementChild;
    this.composer = this.closest("trato-composer");
    this.field = this.composer.querySelector("textarea");
    this.link.hidden = true;
    this.button.hidden = false;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.button.addEventListener("click", () => (this.panel.hidden ? this.open() : this.close()), { signal });
    this.search.addEventListener("input", () => this.draw(), { signal });
    this.search.addEventListener("keydown", (event) => this.steer(event), { signal });
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("[role=option]")), { signal });
    // Keep the focus in the search. If it left the panel, the panel would close before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    }, { signal });
    document.addEventListener("pointerdown", ({ target }) => {
      if (!this.panel.hidden && !this.contains(target)) this.close({ focus: false });
    }, { signal });
    this.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.panel.hidden && relatedTarget && !this.contains(relatedTarget)) this.close({ focus: false });
    }, { signal });
    // Before the composer's own listener, which sends on Enter.
    this.composer.addEventListener("keydown", (event) => this.complete(event), { capture: true, signal });
    this.field.addEventListener("input", () => this.hint(), { signal });
  }

  disconnectedCallback() {
    this.listeners.abort();
  }

  async load() {
    const answer = await getJSON(this.dataset.source);
    this.loadedAt = performance.now(); // also after a failure: Enter must not wait for another one
    if (answer) {
      this.replies = answer.replies;
      this.productNotice = answer.notice;
    }
    return Boolean(answer);
  }

  /** Load the list for a shortcut, unless it is fresh. Waits for a request that is on its way. */
  fresh() {
    if (performance.now() < this.loadedAt + FRESH) return Promise.resolve(true);
    this.loading ??= this.load().finally(() => (this.loading = null));
    return this.loading;
  }

  async open() {
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.search.value = "";
    this.search.focus();
    const loaded = await this.load();
    this.notice.hidden = !this.productNotice;
    this.notice.textContent = this.productNotice ?? "";
    this.draw();
    if (!loaded) this.tell(gettext("The saved replies didn't load. Try again in a moment."));
  }

  close({ focus = true } = {}) {
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (focus) this.field.focus();
  }

  draw() {
    this.shown = repliesMatching(this.replies, this.search.value);
    this.list.replaceChildren(...this.shown.map((reply, place) => this.option(reply, place)));
    this.mark(this.shown.length ? 0 : -1);
    const none = this.replies.length ? gettext("No saved reply has these words.") : gettext("No saved replies yet.");
    this.tell(this.shown.length ? "" : none);
  }

  tell(words) {
    this.empty.textContent = words;
    this.empty.hidden = !words;
  }

  option({ name, short, text, warnings, files }, place) {
    const item = this.item.cloneNode(true);
    item.id = `replies-option-${place}`;
    item.querySelector("strong").textContent = name;
    item.querySelector("code").textContent = `/${short}`;
    item.querySelector(".replies__text").textContent = text;
    const attached = item.querySelector(".replies__files");
    attached.hidden = !files.length;
    attached.querySelector("span").textContent = files.join(", ");
    const warning = item.querySelector(".replies__warning");
    warning.hidden = !warnings.length;
    warning.querySelector("span").textContent = warnings.join(" ");
    return item;
  }

  mark(place) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = place;
    const item = this.list.children[place];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.search.setAttribute("aria-activedescendant", item.id);
    else this.search.removeAttribute("aria-activedescendant");
  }

  steer(event) {
    if (isComposing(event)) return;
    const { key } = event;
    const last = this.list.children.length - 1;
    const to = {
      ArrowDown: this.active < last ? this.active + 1 : 0,
      ArrowUp: this.active > 0 ? this.active - 1 : last,
    }[key];
    if (to !== undefined) this.mark(Math.min(to, last));
    else if (key === "Enter") this.choose(this.list.children[this.active]);
    else return;
    event.preventDefault();
  }

  choose(item) {
    if (!item) return;
    const reply = this.shown[[...this.list.children].indexOf(item)];
    this.close();
    this.insert(reply, this.field.selectionStart, this.field.selectionEnd);
  }

  /** Return the shortcut before the cursor, if there is one. */
  typed() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd ? value.slice(0, selectionStart).match(SHORTCUT)?.[1] : undefined;
  }

  /** Complete a shortcut. Tab takes the only one that fits; Enter only a whole one, and otherwise sends. */
  async complete(event) {
    const { key } = event;
    const isKey = (key === "Tab" || key === "Enter") && !event.shiftKey && !isComposing(event);
    const typed = isKey && event.target === this.field ? this.typed() : undefined;
    if (!typed) return;
    const exactly = key === "Enter";
    const isFresh = performance.now() < this.loadedAt + FRESH;
    if (isFresh && !meant(this.replies, typed, { exactly })) return;
    event.preventDefault();
    event.stopPropagation();
    await this.fresh();
    const reply = meant(this.replies, typed, { exactly });
    if (this.typed() !== typed) return;
    const end = this.field.selectionStart;
    if (reply) this.insert(reply, end - typed.length - 1, end);
    else if (exactly) this.field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    else this.status.textContent = fill(gettext("There is no saved reply /%(short)s."), { short: typed });
  }

  /** Say which replies the partly typed shortcut may mean. */
  async hint() {
    const typed = this.typed();
    if (!typed) {
      this.status.textContent = "";
      return;
    }
    await this.fresh();
    if (this.typed() !== typed) return;
    const begun = this.replies.filter(({ short }) => short.startsWith(plain(typed))).slice(0, 3);
    const list = begun.map(({ short, name }) => `/${short} – ${name}`).join(" · ");
    this.status.textContent = list && fill(gettext("Tab inserts: %(list)s"), { list });
  }

  insert(reply, start, end) {
    insertAt(this.field, reply.text, start, end);
    const warnings = new Set([this.productNotice, ...reply.warnings].filter(Boolean));
    const inserted = fill(gettext("Inserted “%(name)s”."), { name: reply.name });
    this.status.textContent = [inserted, ...warnings].join(" ");
    this.status.toggleAttribute("data-warning", warnings.size > 0);
    const used = this.use(reply);
    if (reply.files.length && !this.isEditing) this.composer.files?.expect(used);
  }

  get isEditing() {
    return Number.isInteger(this.composer.about?.editing);
  }

  /**
   * Count a use of a reply, for which the server copies its files for this message. Returns whether they were
   * attached.
   */
  async use({ id, files }) {
    const { isEditing } = this;
    const answer = await post(`${this.dataset.source}${id}/use/`, {});
    if (!files.length) return true;
    const copies = answer?.body?.files ?? []; // none if a colleague has removed them meanwhile
    const areAttached = this.composer.files.adopt(copies, { isWanted: !isEditing });
    if (copies.length && !isEditing) return areAttached;
    const words = isEditing
      ? gettext("The reply's files aren't attached: an edit only changes the text.")
      : gettext("The reply's files couldn't be attached. Try again in a moment.");
    this.status.textContent = answer?.body?.detail ?? words;
    this.status.toggleAttribute("data-warning", true);
    return false;
  }
}

customElements.define("trato-saved-replies", SavedReplies);
