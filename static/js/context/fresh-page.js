// Fetches the open conversation and the list's header again, for changes that no event describes, and
// after events may have been missed. Each page is fetched once for all its parts. This script replaces
// parts marked with `data-fresh`; other scripts get the conversation's page with the session's event
// `page.fresh`.
import { entitle } from "trato/badge";
import { isVisible } from "trato/keep-focus";
import { writeAll } from "trato/local-time";
import { onNews } from "trato/news-of";
import { askFor, GONE } from "trato/pages";
import { session } from "trato/session";

const GATHER = 200; // milliseconds; requests within this time share one page
const PAUSE = 2000; // milliseconds after a request that failed; doubled each time
const LONGEST_PAUSE = 32000; // then it gives up until there is another reason
const YOUNG = 3000; // milliseconds after the visit began, in which a page's socket normally becomes live
const OLD = 60000; // milliseconds after which prices, stock and offered times may have changed

const conversationOf = (root) => root.querySelector("trato-thread")?.dataset.conversation;
const CHOOSING = "details[open] :is(select, input:not([type=hidden]))";

class FreshPage {
  isWanted = false;
  isBehind = false;
  takenAt = performance.now();
  pause = PAUSE;

  /**
   * `addressOf()`: the page's URL, or null if none of its parts is shown. `isLate`: whether there was no
   * socket yet, so that events may have been missed. `fits(page)`: whether a page matches what is shown.
   * `gone()`: the person may no longer see it.
   */
  constructor(addressOf, { isLate = false, fits = () => true, taken = () => {}, gone = () => {} } = {}) {
    Object.assign(this, { addressOf, isLate, fits, taken, gone });
    session.on("lost", () => {
      this.isBehind = true;
    });
    session.on("live", () => {
      if (this.isLate && performance.now() > YOUNG) this.isBehind = true;
      this.isLate = false;
      if (this.isBehind) this.want();
    });
    session.on("members.changed", () => this.want());
    document.addEventListener("visibilitychange", () => this.plan(0));
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.want());
  }

  want() {
    this.isWanted = true;
    this.pause = PAUSE;
    clearTimeout(this.timer);
    this.timer = null;
    this.plan(GATHER * (1 + Math.random()));
  }

  wantIfOld() {
    if (!document.hidden && performance.now() - this.takenAt > OLD) this.want();
  }

  plan(wait) {
    if (!this.isWanted || this.timer || this.isAsking || document.hidden) return;
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    this.timer = null;
    this.isWanted = false;
    if (session.live) this.isBehind = false;
    const address = this.addressOf();
    if (!address || session.ended) return;
    this.isAsking = true;
    const page = await askFor(address);
    await released;
    this.isAsking = false;
    const isSame = address === this.addressOf();
    if (page === GONE) {
      if (isSame) this.gone();
    } else if (!page && isSame && this.pause < LONGEST_PAUSE) {
      this.isWanted = true;
      this.plan(this.pause);
      this.pause *= 2;
    } else {
      if (page && isSame && !this.isWanted && this.fits(page)) this.take(page);
      this.plan(GATHER);
    }
  }

  take(page) {
    this.takenAt = performance.now();
    this.pause = PAUSE;
    const places = {};
    for (const old of document.querySelectorAll("[data-fresh]")) {
      const name = old.dataset.fresh;
      places[name] = (places[name] ?? -1) + 1;
      const part = page.querySelectorAll(`[data-fresh="${name}"]`)[places[name]];
      if (part) exchange(old, part);
    }
    this.taken(page);
  }
}

let released = Promise.resolve(); // once no button is held down: replacing that button would lose the click
document.addEventListener("pointerdown", () => {
  released = new Promise((resume) => {
    for (const kind of ["pointerup", "pointercancel"]) {
      document.addEventListener(kind, () => setTimeout(resume), { capture: true, once: true });
    }
  });
}, { capture: true });

const contentsOf = (part) => part.innerHTML.replace(/\s+/g, " ");
const controlsOf = (root) => [...root.querySelectorAll("a, button, select, summary")];

/** Return what a control does, since it may be in another place after the exchange. */
function purposeOf(one) {
  const value = one.localName === "select" ? "" : one.value;
  return [one.localName, one.getAttribute("href") ?? one.form?.getAttribute("action"), one.name, value].join(" ");
}

/** Show a part as the other page has it. Keep the focus, and what is open or chosen in it. */
function exchange(old, part) {
  if (old.querySelector(CHOOSING)) return; // somebody is choosing there
  writeAll(part);
  const token = old.querySelector("[name=csrfmiddlewaretoken]")?.value; // as good as the new one
  for (const field of part.querySelectorAll("[name=csrfmiddlewaretoken]")) {
    field.setAttribute("value", token ?? field.value);
  }
  if (contentsOf(old) === contentsOf(part)) return;
  const focused = controlsOf(old).find((one) => one === document.activeElement);
  const opened = [...old.querySelectorAll("details")].map(({ open }) => open);
  const chosen = [...old.querySelectorAll("select")]
    .filter(({ options, selectedIndex }) => options[selectedIndex]?.defaultSelected === false && selectedIndex)
    .map(({ name, value }) => ({ name, value }));
  old.replaceChildren(...part.childNodes);
  [...old.querySelectorAll("details")].forEach((one, place) => (one.open = opened[place] ?? one.open));
  for (const { name, value } of chosen) {
    const select = old.querySelector(`select[name="${name}"]`);
    if ([...select?.options ?? []].some((option) => option.value === value && !option.disabled)) select.value = value;
  }
  if (!focused) return;
  const shown = controlsOf(old).filter(isVisible);
  const same = shown.find((one) => purposeOf(one) === purposeOf(focused));
  (same ?? shown.find((one) => one.form && one.name === focused.name) ?? shown[0])?.focus({ preventScroll: true });
}

const thread = new FreshPage(() => conversationOf(document) && location.href, {
  isLate: !session.live,
  fits: (page) => conversationOf(page) === conversationOf(document),
  taken: (page) => {
    entitle(page.title);
    session.emit("page.fresh", page);
  },
  gone: () => session.emit("conversation.gone"),
});
// A response on its way may be older than the event.
onNews((ids) => {
  if (thread.isAsking && (!ids || ids.includes(Number(conversationOf(document))))) thread.want();
});
document.addEventListener("visibilitychange", () => thread.wantIfOld());
// The other side may have deleted the account; then the page no longer shows the name.
document.addEventListener("thread-ended", () => thread.want());

// The person's own messages that are being checked, or that were not delivered.
for (const kind of ["message.held", "message.rejected"]) {
  session.on(kind, ({ conversation }) => String(conversation) === conversationOf(document) && thread.want());
}
// A message that staff removed may have been a scam, and one that they restored wasn't. The advice above the
// messages depends on that.
session.on("message.changed", ({ conversation, removed }) => {
  if (String(conversation) !== conversationOf(document)) return;
  if (removed || document.querySelector(".thread__recalled")) thread.want();
});
session.on("message.created", ({ client_id: clientId }) => {
  const item = document.querySelector(`.held [data-client-id="${clientId}"]`);
  if (!item) return;
  item.remove(); // it is in the log now
  thread.want();
});

// Labels, colleagues and saved views to choose from.
new FreshPage(() => {
  const panes = document.querySelector("trato-panes:has(trato-inbox)");
  return panes && new URL(panes.dataset.list + panes.listQuery, location.href).href;
});

// The rows name assignees.
session.on("members.changed", () => document.querySelector("trato-inbox")?.changed());

/** Show the conversation as a reload would show it. */
export const refresh = () => thread.want();

/** Do the same, but only if the page is no longer new. */
export const refreshOld = () => thread.wantIfOld();
