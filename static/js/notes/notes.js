// The team's notes between the messages of a thread: those of the page, new ones, and those that
// wait to be stored. Messages are the thread's business; this only puts notes between them.
import { getJSON, post } from "trato/api";
import { linkify } from "trato/links";
import { write } from "trato/local-time";
import { noteOutbox } from "trato/note-outbox";
import { session } from "trato/session";

const timeOf = (item) => Date.parse(item.querySelector("time").dateTime);

/** The next message or note, without the lines between them. */
function following(item) {
  let next = item.nextElementSibling;
  while (next?.matches(".messages__day, .messages__new")) next = next.nextElementSibling;
  return next;
}

class Notes extends HTMLElement {
  notes = new Map(); // number → {number, time, item}
  waiting = new Map(); // client ID → item

  async connectedCallback() {
    this.gone = new AbortController();
    await customElements.whenDefined("trato-thread");
    this.thread = this.closest("trato-thread");
    if (!this.thread?.follows) return; // a page of older messages is only for reading
    this.conversation = Number(this.thread.dataset.conversation);
    this.revision = Number(this.dataset.revision);
    this.list = this.thread.querySelector(".messages");
    for (const item of this.list.querySelectorAll(".note")) this.keep(Number(item.dataset.number), item);
    // Where the notes that this page has begin.
    this.from = this.thread.older.hidden ? -Infinity : this.firstTime();
    this.follow(this.gone.signal);
    this.observer = new MutationObserver(() => this.draw());
    this.observer.observe(this.list, { childList: true });
    this.drawWaiting();
    this.readMentions();
    noteOutbox.flush();
    if (session.live) this.catchUp();
  }

  disconnectedCallback() {
    this.gone.abort();
    this.observer?.disconnect();
  }

  follow(signal) {
    session.on("note.created", (note) => this.receive(note), signal);
    session.on("team.changed", (change) => this.step(change), signal);
    for (const kind of ["live", "poll"]) session.on(kind, () => this.catchUp(), signal);
    session.on("heartbeat", ({ team }) => {
      if (team?.[this.conversation] > this.revision) this.catchUp();
    }, signal);
    noteOutbox.addEventListener("changed", () => this.drawWaiting(), { signal });
    noteOutbox.addEventListener("stored", ({ detail }) => this.receive(detail), { signal });
    window.addEventListener("focus", () => this.readMentions(), { signal });
    document.addEventListener("visibilitychange", () => this.readMentions(), { signal });
    this.list.addEventListener("click", ({ target }) => this.clicked(target), { signal });
  }

  // -- loading ---------------------------------------------------------------------------------

  /** A change of the team's; if there is a gap before it, something was missed. */
  step({ conversation, team_revision: revision }) {
    if (conversation !== this.conversation || revision <= this.revision) return;
    if (revision === this.revision + 1) this.revision = revision;
    else this.catchUp();
  }

  receive(note) {
    if (note.conversation !== this.conversation) return;
    this.take(note);
    this.draw();
    this.step(note);
  }

  async catchUp() {
    if (this.isLoading) return;
    this.isLoading = true;
    const state = await this.load(this.revision);
    this.isLoading = false;
    if (state) this.revision = Math.max(this.revision, state.team_revision);
    this.draw();
  }

  /** Older messages were loaded: fetch the notes between them, all at once. */
  async loadOlder() {
    if (this.isLoadingOlder) return;
    this.isLoadingOlder = true;
    const state = await this.load(0);
    this.isLoadingOlder = false;
    if (!state) return;
    this.from = -Infinity;
    this.draw();
  }

  async load(since) {
    const state = await getJSON(`${this.dataset.source}?since=${since}`);
    if (!state || !this.isConnected) return null;
    for (const note of state.notes) this.take(note);
    return state.more ? this.load(state.team_revision) : state;
  }

  take(note) {
    noteOutbox.remove(note);
    if (this.notes.has(note.number)) return;
    this.keep(note.number, this.fill(note));
    if (!note.mentions.includes(session.user) || note.team_revision <= this.revision) return;
    this.setAttribute("data-mentioned", "");
    this.readMentions();
  }

  keep(number, item) {
    this.notes.set(number, { number, time: timeOf(item), item });
  }

  /** The person is here and has seen the notes that mention them. */
  async readMentions() {
    const isHere = document.visibilityState === "visible" && document.hasFocus();
    if (!isHere || !this.hasAttribute("data-mentioned")) return;
    this.removeAttribute("data-mentioned");
    if (!(await post(this.dataset.read, {}))?.ok) this.setAttribute("data-mentioned", "");
  }

  // -- drawing ---------------------------------------------------------------------------------

  fill({ number, client_id, author, body, created_at }) {
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    item.id = `note-${number ?? client_id}`;
    item.dataset.clientId = client_id;
    if (number) item.dataset.number = number;
    item.toggleAttribute("data-own", author.id === session.user);
    item.querySelector(".note__author").textContent = author.name || this.thread.dataset.shop;
    item.querySelector(".note__body").replaceChildren(linkify(body));
    item.querySelector(".note__gone").hidden = body !== "";
    const time = item.querySelector("time");
    time.dateTime = created_at;
    write(time);
    return item;
  }

  messages() {
    return [...this.list.querySelectorAll(".message:not([data-pending])")];
  }

  firstTime() {
    const [first] = this.messages();
    return first ? timeOf(first) : -Infinity;
  }

  /** Put each note where its time is. What is in its place already is not touched. */
  draw() {
    const first = this.firstTime();
    const isStart = this.thread.older.hidden;
    if (first < this.from) this.loadOlder();
    const moves = [];
    const messages = this.messages();
    const pending = this.list.querySelector("[data-pending]");
    let after = pending; // the item that comes next, from the end up
    let place = messages.length;
    const sorted = [...this.notes.values()].sort((one, other) => other.number - one.number);
    for (const { time, item } of sorted) {
      while (place && timeOf(messages[place - 1]) > time) after = messages[(place -= 1)];
      if (!isStart && time < first) {
        if (item.isConnected) moves.push(() => item.remove());
      } else {
        const next = after ?? this.waitingItems()[0] ?? null;
        if (!item.isConnected || following(item) !== next) moves.push(() => this.list.insertBefore(item, next));
        after = item;
      }
    }
    if (moves.length) this.thread.rearrange(() => moves.forEach((move) => move()));
    this.observer.takeRecords();
  }

  waitingItems() {
    return [...this.waiting.values()].filter((item) => item.isConnected);
  }

  /** Show what waits to be stored at the end, and why it was refused. */
  drawWaiting() {
    const entries = noteOutbox.read(this.conversation);
    const ids = new Set(entries.map(({ client_id }) => client_id));
    const changes = [];
    for (const [id, item] of this.waiting) {
      if (ids.has(id)) continue;
      changes.push(() => item.remove());
      this.waiting.delete(id);
    }
    for (const entry of entries) {
      const author = { id: session.user, name: document.body.dataset.userName };
      const item = this.waiting.get(entry.client_id) ?? this.fill({ ...entry, author });
      item.toggleAttribute("data-waiting", true);
      item.toggleAttribute("data-failed", Boolean(entry.failed));
      item.querySelector(".note__failed").hidden = !entry.failed;
      item.querySelector("[data-why]").textContent = entry.failed ?? "";
      if (this.waiting.has(entry.client_id)) continue;
      this.waiting.set(entry.client_id, item);
      changes.push(() => this.list.append(item));
    }
    if (changes.length) this.thread.rearrange(() => changes.forEach((change) => change()));
  }

  clicked(target) {
    const id = target.closest(".note[data-waiting]")?.dataset.clientId;
    const entry = id && noteOutbox.read(this.conversation).find(({ client_id }) => client_id === id);
    if (!entry) return;
    if (target.closest("[data-retry]")) noteOutbox.retry(entry);
    if (target.closest("[data-discard]")) noteOutbox.remove(entry);
  }
}

customElements.define("trato-notes", Notes);
