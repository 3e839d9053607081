// The tab's line to the server. Frames become events named by their type. Where the socket cannot
// be opened, "poll" events say when to ask over HTTP instead.
import { Connection } from "trato/connection";
import { getJSON } from "trato/api";

const BUSY_POLL = 400; // milliseconds; while the tab is in view and something happened lately
const IDLE_POLL = 5000;
const HIDDEN_POLL = 30000;
const BUSY_FOR = 120000;

class Session extends EventTarget {
  live = false;
  ended = 0; // the close code, once the session is over
  user = Number(document.querySelector("[data-user]")?.dataset.user) || null;
  busyUntil = Date.now() + BUSY_FOR;

  start() {
    if (!this.user) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.connection = new Connection(`${scheme}//${location.host}/ws/`);
    this.connection.addEventListener("frame", ({ detail }) => this.heard(detail));
    this.connection.addEventListener("closed", ({ detail }) => this.lost(detail));
    for (const kind of ["keydown", "pointerdown", "focus"]) {
      window.addEventListener(kind, () => this.stir(), { passive: true });
    }
    this.connection.open();
  }

  send(frame) {
    return this.live && this.connection.send(frame);
  }

  heard(frame) {
    if (frame.type === "session.ready") {
      this.live = true;
      clearTimeout(this.pollTimer);
      this.pollTimer = null;
      this.tell("badge", { unread: frame.unread });
      this.tell("live");
      return;
    }
    this.tell(frame.type, frame);
  }

  lost({ code, final }) {
    const wasLive = this.live;
    this.live = false;
    if (final) {
      this.ended = code;
      clearTimeout(this.pollTimer);
      this.tell("ended", { code });
      return;
    }
    if (wasLive) this.tell("lost");
    if (!this.pollTimer) this.pollSoon(0);
  }

  /** Something happened: for a while, ask often. */
  stir() {
    const wasIdle = Date.now() > this.busyUntil;
    this.busyUntil = Date.now() + BUSY_FOR;
    if (wasIdle && this.pollTimer) this.pollSoon(0);
  }

  pollSoon(delay) {
    clearTimeout(this.pollTimer);
    this.pollTimer = setTimeout(() => this.poll(), delay);
  }

  async poll() {
    const asked = getJSON("/notifications/unread/");
    this.tell("poll"); // beside it, so that a thread is not a request later than the badge
    const answer = await asked;
    if (this.live || this.ended) return;
    this.tell("reach", { reached: answer !== null });
    if (answer) {
      this.tell("badge", { unread: answer.unread });
      if (answer.latest) this.tell("latest", answer.latest);
    }
    const hidden = document.visibilityState === "hidden";
    const busy = Date.now() < this.busyUntil;
    this.pollSoon(hidden ? HIDDEN_POLL : busy && answer ? BUSY_POLL : busy ? 1500 : IDLE_POLL);
  }

  /** Tell once more how things are, for parts of the page that were loaded late. */
  repeat() {
    if (this.ended) this.tell("ended", { code: this.ended });
    if (!this.live) return;
    this.tell("badge", { unread: this.unread });
    this.tell("live");
  }

  tell(kind, detail = null) {
    if (kind === "badge") this.unread = detail.unread;
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  on(kind, listener, signal) {
    this.addEventListener(kind, ({ detail }) => listener(detail), { signal });
  }
}

export const session = new Session();
