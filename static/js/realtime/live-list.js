// A list that the server renders, and renders again after changes.
//
// Only one request runs at a time, and only in one tab of a browser; changes meanwhile cause one
// more request afterwards. A running request is not aborted for a newer one, because the server
// would finish it anyway, and a list that changes all the time would never be shown. After each
// response, the tab pauses for at least as long as the response took. So however many tabs there
// are, they don't send requests faster than the server responds. Hidden tabs send none.
import { session } from "trato/session";
import { writeAll } from "trato/local-time";

const GATHER = 250; // milliseconds; changes within this time share one request
const PATIENCE = 15000; // milliseconds to wait for a response
const LONGEST_REST = 30000; // milliseconds after several requests that failed

export class LiveList extends HTMLElement {
  isStale = false;
  rest = GATHER;

  /** `kinds`: the session's events after which the list may have changed. */
  follow(kinds) {
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    writeAll(this);
    for (const kind of kinds) session.on(kind, () => this.changed(), signal);
    document.addEventListener("visibilitychange", () => this.plan(), { signal });
    window.addEventListener("pagehide", () => this.request?.abort(), { signal });
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.changed(), { signal });
  }

  disconnectedCallback() {
    this.listeners.abort();
    this.request?.abort();
    clearTimeout(this.timer);
  }

  /** The query of the next request. */
  nextQuery() {
    return location.search;
  }

  changed() {
    this.isStale = true;
    this.plan();
  }

  plan() {
    if (!this.isStale || this.timer || this.isAsking || document.hidden) return;
    this.timer = setTimeout(() => this.refresh(), this.rest * (1 + Math.random()));
  }

  async refresh() {
    this.timer = null;
    if (document.hidden || !this.isConnected) return;
    this.isAsking = true;
    const ask = () => this.ask();
    const text = await (navigator.locks ? navigator.locks.request("trato-live-list", ask) : ask());
    this.isAsking = false;
    if (text === null) this.isStale = true;
    else this.draw(text);
    this.plan();
  }

  /** The current list; null if there was no usable response. */
  async ask() {
    this.isStale = false;
    this.request = new AbortController();
    const timer = setTimeout(() => this.request.abort(), PATIENCE);
    const since = performance.now();
    let text = null;
    try {
      const answer = await fetch(this.dataset.source + this.nextQuery(), {
        headers: { "Page-User": session.user }, // the server doesn't respond in another person's session
        cache: "no-store",
        redirect: "error", // a redirect leads to the login page
        signal: this.request.signal,
      });
      this.isGone = answer.status === 404; // what the list belongs to no longer exists; the response says so
      if (answer.ok || this.isGone) text = await answer.text();
    } catch {
      // no response counts as an unusable one
    }
    clearTimeout(timer);
    const took = performance.now() - since;
    this.rest = text === null ? Math.min(LONGEST_REST, this.rest * 2) : Math.max(GATHER, took);
    return text;
  }

  draw(text) {
    const focused = document.activeElement;
    const at = this.controls.indexOf(focused);
    const page = new DOMParser().parseFromString(text, "text/html");
    this.replaceChildren(...page.body.childNodes);
    writeAll(this);
    if (at < 0) return;
    const { controls } = this;
    const same = controls.find((one) => one.localName === focused.localName && addressOf(one) === addressOf(focused));
    (same ?? controls[Math.min(at, controls.length - 1)])?.focus({ preventScroll: true });
  }

  get controls() {
    return [...this.querySelectorAll("a, button, input:not([type=hidden])")];
  }
}

/** Return a control's target, which identifies it after the list was rendered again. */
function addressOf(element) {
  const target = element.getAttribute("href") ?? element.form?.getAttribute("action");
  return element.localName === "input" ? element.value : target;
}
