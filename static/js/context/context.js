// The pane beside a conversation follows what the team and the shopper do. It shows how long the
// conversation has waited, whose turn it is in the shopper's other conversations, and the last note.
import { refresh } from "trato/fresh-page";
import { write } from "trato/local-time";
import { session } from "trato/session";
import { beginning } from "trato/text";

const MINUTE = 60000; // milliseconds
const NOTE_CHARACTERS = 200; // as in the server's template

class Context extends HTMLElement {
  connectedCallback() {
    this.conversation = Number(this.dataset.conversation);
    this.last = Number(this.dataset.last);
    this.left = new AbortController();
    const { signal } = this.left;
    session.on("message.created", (message) => this.said(message), signal);
    session.on("conversation.state", (state) => this.caughtUp(state), signal);
    session.on("inbox.changed", (frame) => this.turned(frame.conversation, frame.turn, frame.waiting_since), signal);
    session.on("note.created", (note) => this.noted(note), signal);
    session.on("notes.state", ({ notes }) => notes.forEach((note) => this.noted(note)), signal);
    session.on("page.fresh", (page) => {
      this.last = Math.max(this.last, page.querySelector("trato-context").dataset.last);
    }, signal);
    this.clock = setInterval(() => this.querySelectorAll("[data-local=span]").forEach(write), MINUTE);
    this.querySelector("[data-note-link]")?.addEventListener("click", () => this.close(), { signal });
  }

  disconnectedCallback() {
    this.left.abort();
    clearInterval(this.clock);
  }

  said({ conversation, consumer, sequence, side, automatic, created_at: at }) {
    if (conversation === this.conversation) {
      if (sequence <= this.last) return;
      this.last = sequence;
    }
    const item = this.itemOf(conversation);
    if (!item && consumer === Number(this.dataset.consumer)) return refresh(); // the shopper has started a new one
    const turn = side === "consumer" ? "seller" : "consumer";
    if (!automatic && item?.dataset.turn !== turn) this.turned(conversation, turn, at);
    const time = item?.querySelector(".others__time");
    if (!time) return;
    tell(time, at);
    if (item.previousElementSibling) item.parentNode.prepend(item);
  }

  /** Apply the messages that were missed without a connection. */
  caughtUp({ conversation, messages }) {
    if (conversation === this.conversation) messages.forEach((message) => this.said(message));
  }

  itemOf(conversation) {
    return this.querySelector(`[data-turn-of="${conversation}"]`);
  }

  /** Show whose turn it is in a conversation, and since when. */
  turned(conversation, turn, since) {
    const item = this.itemOf(conversation);
    if (!item) return;
    item.dataset.turn = turn;
    for (const mark of item.querySelectorAll("[data-when-turn]")) mark.hidden = mark.dataset.whenTurn !== turn;
    if (since) item.querySelectorAll("[data-local=span]").forEach((time) => tell(time, since));
  }

  noted({ conversation, number, author, body, created_at: at }) {
    const part = this.querySelector(".notes-context");
    const count = part?.querySelector("[data-note-count]");
    if (conversation !== this.conversation || !count || number <= Number(count.textContent)) return;
    count.textContent = number;
    part.removeAttribute("data-empty");
    part.querySelector(".notes-context__last").hidden = false;
    part.querySelector("[data-note-author]").textContent = author.name || part.dataset.shop;
    part.querySelector("[data-note-body]").textContent = beginning(body, NOTE_CHARACTERS);
    tell(part.querySelector("time"), at);
    const link = part.querySelector("[data-note-link]");
    link.href = `#note-${number}`;
    link.hidden = false;
  }

  /** Close the pane where it covers the conversation, because it would hide the note. */
  close() {
    this.closest("trato-panes")?.showContext(false);
  }
}

function tell(time, at) {
  time.dateTime = at;
  write(time);
}

customElements.define("trato-context", Context);
