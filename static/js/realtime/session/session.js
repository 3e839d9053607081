// The tab's connection to the server. Frames become events, named by their type. If the socket
// can't be opened, "poll" events say when to send requests over HTTP instead.
//
// A page belongs to the person for whom it was rendered. When that person is logged out, or
// somebody else logs in, the page ends: it sends nothing and hides its contents, until the person
// is back.
import { NO_SESSION, PAGE_OF_ANOTHER, SUSPENDED } from "trato/close-codes";
import { Connection } from "trato/connection";
import { onEnded, request } from "trato/api";
import { addresses, siteName, userId } from "trato/page";
import * as storage from "trato/storage";

const BUSY_POLL = 400; // milliseconds; while the tab is in view and something happened recently
const IDLE_POLL = 5000;
const HIDDEN_POLL = 30000;
const BUSY_FOR = 120000;
const RESUME_EVERY = 10000;
const WHO = "trato-user"; // storage key: whose page this browser got last, for all tabs

class Session extends EventTarget {
  live = false;
  ended = 0; // the close code, once the session is over
  user = userId;
  busyUntil = Date.now() + BUSY_FOR;
  resumedAt = 0;

  start() {
    if (!this.user) return;
    onEnded((code) => this.end(code));
    window.addEventListener("storage", ({ key }) => key === WHO && this.compareUser());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.compareUser(true));
    window.addEventListener("focus", () => this.ended && this.check());
    const socket = new URL(addresses.socket, location.href).href.replace(/^http/, "ws");
    this.connection = new Connection(socket);
    this.connection.addEventListener("opened", () => {
      this.connection.send({ type: "session.claim", user: this.user });
    });
    this.connection.addEventListener("frame", ({ detail }) => this.receive(detail));
    this.connection.addEventListener("closed", ({ detail }) => this.lost(detail));
    for (const kind of ["keydown", "pointerdown", "focus"]) {
      window.addEventListener(kind, () => this.pollOften(), { passive: true });
    }
    if (isKept()) this.compareUser(true);
    if (!this.ended) this.connection.open();
  }

  /** Compare this page's person with that of the browser's last page; `anyway`: always ask the server. */
  compareUser(anyway = false) {
    const last = storage.get(WHO) ?? String(this.user);
    const isMine = last === String(this.user);
    if (!isMine) this.end(last ? PAGE_OF_ANOTHER : NO_SESSION);
    if (anyway || !isMine || this.ended) this.check();
  }

  /** Ask the server who is logged in, and end or resume. */
  async check() {
    if ((await this.askUnread()) && this.ended) this.resume();
  }

  async askUnread() {
    const answer = await request(addresses.unread, { headers: { Accept: "application/json" } });
    if (answer?.status === 403 && this.ended !== SUSPENDED) this.end(NO_SESSION);
    return answer?.ok ? answer.json().catch(() => null) : null;
  }

  end(code) {
    if (this.ended === code) return;
    const wasLive = this.live;
    this.ended = code;
    this.live = false;
    if (wasLive) this.emit("lost", { code });
    clearTimeout(this.pollTimer);
    this.pollTimer = null;
    this.connection.close();
    if (code !== SUSPENDED) {
      this.title ??= document.title;
      document.title = siteName;
      document.documentElement.toggleAttribute("data-ended", true); // CSS hides all but the reason
    }
    this.emit("ended", { code });
    const line = document.getElementById("connection");
    if (!line || line.hidden) location.reload(); // the script that would explain it did not load
  }

  resume() {
    this.ended = 0;
    this.resumedAt = Date.now();
    if (this.title) document.title = this.title;
    this.title = null;
    document.documentElement.toggleAttribute("data-ended", false);
    storage.note(WHO, String(this.user));
    this.emit("resumed");
    this.connection.open();
  }

  send(frame) {
    return this.live && this.connection.send(frame);
  }

  /** Drop the socket after an unanswered send, if it has been silent for this many milliseconds. */
  suspect(milliseconds) {
    if (this.live) this.connection.dropIfSilent(milliseconds);
  }

  receive(frame) {
    if (this.ended) return;
    if (frame.type === "session.ready") {
      if (frame.user !== this.user) return this.end(PAGE_OF_ANOTHER);
      this.live = true;
      clearTimeout(this.pollTimer);
      this.pollTimer = null;
      this.emit("badge", { unread: frame.unread, notices: frame.notices });
      this.emit("live");
    } else if (this.live) {
      this.emit(frame.type, frame);
    }
  }

  lost({ code, final }) {
    const wasLive = this.live;
    this.live = false;
    if (final) {
      this.end(code);
      // After a new password, this browser has a new session, and the old session's sockets are closed.
      if (Date.now() - this.resumedAt > RESUME_EVERY) this.check();
      return;
    }
    if (wasLive) this.emit("lost", { code });
    if (!this.pollTimer) this.pollSoon(0);
  }

  /** Poll often for a while, because something happened. */
  pollOften() {
    const wasIdle = Date.now() > this.busyUntil;
    this.busyUntil = Date.now() + BUSY_FOR;
    if (wasIdle && this.pollTimer) this.pollSoon(0);
  }

  pollSoon(delay) {
    clearTimeout(this.pollTimer);
    this.pollTimer = setTimeout(() => this.poll(), delay);
  }

  async poll() {
    const asked = this.askUnread();
    this.emit("poll"); // at the same time, so that a thread isn't one request behind the badge
    const answer = await asked;
    if (this.live || this.ended) return;
    this.emit("reach", { reached: answer !== null });
    if (answer) {
      this.emit("badge", { unread: answer.unread, notices: answer.notices });
      if (answer.latest) this.emit("latest", answer.latest);
    }
    const hidden = document.visibilityState === "hidden";
    const busy = Date.now() < this.busyUntil;
    this.pollSoon(hidden ? HIDDEN_POLL : busy && answer ? BUSY_POLL : busy ? 1500 : IDLE_POLL);
  }

  /** Repeat the current state for parts of the page that were loaded late. */
  repeat() {
    if (this.ended) this.emit("ended", { code: this.ended });
    if (!this.live) return;
    this.emit("badge", this.badge);
    this.emit("live");
  }

  emit(kind, detail = null) {
    if (kind === "badge") this.badge = detail;
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  on(kind, listener, signal) {
    this.addEventListener(kind, ({ detail }) => listener(detail), { signal });
  }
}

/** Whether the browser has restored this page, which may then be older than the session. */
function isKept() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

export const session = new Session();
if (!isKept()) storage.note(WHO, String(session.user ?? ""));
