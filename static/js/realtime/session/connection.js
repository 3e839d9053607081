// A WebSocket that reconnects: with exponential backoff and full jitter, or immediately if that makes sense.
import { CUT_OFF, FLOODS, NO_SESSION, PAGE_OF_ANOTHER, SUSPENDED } from "trato/close-codes";

const FIRST_DELAY = 500; // milliseconds
const LONGEST_DELAY = 30000;
const FLOOD_DELAY = 5000;
const SILENCE = 60000; // milliseconds; the server sends something every 25 s, so a silent connection is dead
const LOOK_EVERY = 5000;
const FINAL = new Set([NO_SESSION, SUSPENDED, PAGE_OF_ANOTHER]);

export class Connection extends EventTarget {
  constructor(address) {
    super();
    this.address = address;
    this.failures = 0;
    setInterval(() => this.dropIfSilent(SILENCE), LOOK_EVERY);
    for (const kind of ["online", "pageshow"]) window.addEventListener(kind, () => this.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.retryNow();
    });
  }

  open() {
    clearTimeout(this.timer);
    this.timer = null;
    const socket = new WebSocket(this.address);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.addEventListener("open", () => {
      if (this.socket === socket) this.dispatchEvent(new Event("opened"));
    });
    socket.addEventListener("message", (event) => {
      if (this.socket !== socket) return;
      this.heardAt = Date.now();
      const frame = JSON.parse(event.data);
      if (frame.type === "session.ready") this.failures = 0;
      this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    });
    socket.addEventListener("close", (event) => {
      if (this.socket === socket) this.closed(event.code);
    });
  }

  closed(code) {
    this.socket = null;
    this.final = FINAL.has(code);
    if (!this.final) {
      const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.failures);
      const floor = code === FLOODS ? FLOOD_DELAY : 0;
      this.failures += 1;
      this.timer = setTimeout(() => this.open(), floor + Math.random() * ceiling);
    }
    this.dispatchEvent(new CustomEvent("closed", { detail: { code, final: this.final } }));
  }

  /** Close the connection until `open` is called again. */
  close() {
    clearTimeout(this.timer);
    this.timer = null;
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  /**
   * Give up a socket that has been silent for this many milliseconds. Browsers don't notice a broken
   * connection after sleep or behind a lost network.
   */
  dropIfSilent(milliseconds) {
    const { socket } = this;
    if (!socket || Date.now() - this.heardAt < milliseconds) return;
    this.socket = null;
    socket.close();
    this.closed(CUT_OFF);
  }

  retryNow() {
    if (this.timer) this.open();
  }

  send(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }
}
