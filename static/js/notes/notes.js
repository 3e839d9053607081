// The team's rows between a thread's messages: notes, and lines that say who took care of it. They are on the
// page already, new, or waiting to be stored. This script doesn't handle messages.
import { getJSON, post } from "trato/api";
import { linkify } from "trato/links";
import { write } from "trato/local-time";
import { passFocus } from "trato/keep-focus";
import { noteOutbox } from "trato/note-outbox";
import { isOld } from "trato/outbox";
import { session } from "trato/session";
import { fill, gettext } from "trato/text";
import { askAboutNote } from "trato/unsent";

const COLLAPSED_WITHIN = 60000; // milliseconds between two lines of one person, as in messaging/timeline.py

const timeOf = (item) => Date.parse(item.querySelector("time").dateTime);

const assignmentWords = {
  replied: () => gettext("%(actor)s took this by replying"),
  nobody: () => gettext("%(actor)s put this back to nobody"),
  took: () => gettext("%(actor)s took this"),
  assigned: () => gettext("%(actor)s assigned this to %(assignee)s"),
};

/** Return what kind of assignment this is. */
function kindOf({ actor, assignee, by_reply: isReply }) {
  if (isReply) return "replied";
  if (!assignee) return "nobody";
  return assignee.id === actor.id ? "took" : "assigned";
}

/** Whether a line can be left out, because the same person's next line follows it shortly. */
function isCollapsed(item, time, after) {
  return item.matches(".assignment") && after?.matches(".assignment")
    && item.dataset.actor === after.dataset.actor && timeOf(after) - time < COLLAPSED_WITHIN;
}

/** Return the next message, note or team line, skipping the lines between them. */
function following(item) {
  let next = item.nextElementSibling;
  while (next?.matches(".messages__day, .messages__new, .messages__gap, .from-staff")) next = next.nextElementSibling;
  return next;
}

class Notes extends HTMLElement {
  rows = new Map(); // team revision → {revision, time, item}
  waiting = new Map(); // client ID → item

  async connectedCallback() {
    this.gone = new AbortController();
    await customElements.whenDefined("trato-thread");
    this.thread = this.closest("trato-thread");
    if (!this.thread?.follows) return;
    this.conversation = Number(this.thread.dataset.conversation);
    this.revision = Number(this.dataset.revision);
    this.list = this.thread.querySelector(".messages");
    for (const item of this.list.querySelectorAll(".note, .assignment")) this.keep(Number(item.dataset.revision), item);
    // The times between which this page has all rows.
    this.from = this.thread.older.hidden ? -Infinity : this.firstTime();
    this.to = this.thread.timeline.isLive ? Infinity : this.lastTime();
    this.follow(this.gone.signal);
    this.observer = new MutationObserver(() => this.draw());
    this.observer.observe(this.list, { childList: true });
    this.drawWaiting();
    this.readNotices();
    noteOutbox.flush();
    if (session.live) this.catchUp();
  }

  disconnectedCallback() {
    this.gone.abort();
    this.observer?.disconnect();
  }

  follow(signal) {
    session.on("note.created", (note) => this.receive(note), signal);
    session.on("team.changed", (change) => this.changed(change), signal);
    for (const kind of ["live", "poll"]) session.on(kind, () => this.catchUp(), signal);
    session.on("heartbeat", ({ team }) => {
      if (team?.[this.conversation] > this.revision) this.catchUp();
    }, signal);
    noteOutbox.addEventListener("changed", () => this.drawWaiting(), { signal });
    noteOutbox.addEventListener("stored", ({ detail }) => this.receive(detail), { signal });
    window.addEventListener("focus", () => this.readNotices(), { signal });
    document.addEventListener("visibilitychange", () => this.readNotices(), { signal });
    this.list.addEventListener("click", ({ target }) => this.clicked(target), { signal });
  }

  // -- loading ---------------------------------------------------------------------------------

  /** Follow a change by the team. If there is a gap before it, catch up on what was missed. */
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

  changed(change) {
    if (change.conversation !== this.conversation) return;
    if (change.line) {
      this.takeLine(change.line);
      this.draw();
    }
    this.step(change);
  }

  async catchUp() {
    if (this.isLoading) return;
    this.isLoading = true;
    const state = await this.load(this.revision);
    this.isLoading = false;
    if (state) this.revision = Math.max(this.revision, state.team_revision);
    this.draw();
  }

  /** Fetch all rows again, after other messages were loaded. */
  async loadOthers() {
    if (this.isLoadingOthers) return;
    this.isLoadingOthers = true;
    const state = await this.load(0);
    this.isLoadingOthers = false;
    if (!state) return;
    this.from = -Infinity;
    this.to = Infinity;
    this.draw();
  }

  async load(since) {
    const state = await getJSON(`${this.dataset.source}?since=${since}`);
    if (!state || !this.isConnected) return null;
    for (const note of state.notes) this.take(note);
    for (const line of state.assignments) this.takeLine(line);
    session.emit("notes.state", state);
    return state.more ? this.load(state.team_revision) : state;
  }

  take(note) {
    noteOutbox.remove(note);
    if (this.rows.has(note.team_revision)) return;
    this.keep(note.team_revision, this.fill(note));
    if (note.mentions.includes(session.user)) this.noticed(note);
  }

  takeLine(line) {
    if (this.rows.has(line.team_revision)) return;
    this.keep(line.team_revision, this.fillLine(line));
    if (kindOf(line) === "assigned" && line.assignee.id === session.user) this.noticed(line);
  }

  keep(revision, item) {
    this.rows.set(revision, { revision, time: timeOf(item), item });
  }

  /** Remember that there is a notice about something new. */
  noticed({ team_revision: revision }) {
    if (revision <= this.revision) return;
    this.setAttribute("data-noticed", "");
    this.readNotices();
  }

  /** Mark notices as read if the person is here, and so has seen what they are about. */
  async readNotices() {
    const isHere = document.visibilityState === "visible" && document.hasFocus();
    if (!isHere || !this.hasAttribute("data-noticed")) return;
    this.removeAttribute("data-noticed");
    if (!(await post(this.dataset.read, {}))?.ok) this.setAttribute("data-noticed", "");
  }

  // -- drawing ---------------------------------------------------------------------------------

  copy(name) {
    return this.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
  }

  fillLine(line) {
    const item = this.copy("assignment");
    const actor = line.actor.name || this.thread.dataset.shop;
    const assignee = line.assignee?.name || gettext("Deleted account");
    item.id = `assignment-${line.team_revision}`;
    item.dataset.actor = line.actor.id;
    item.querySelector(".assignment__text").textContent = fill(assignmentWords[kindOf(line)](), { actor, assignee });
    const time = item.querySelector("time");
    time.dateTime = line.created_at;
    write(time);
    return item;
  }

  fill({ number, client_id, author, body, created_at }) {
    const item = this.copy("note");
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

  lastTime() {
    const last = this.messages().at(-1);
    return last ? timeOf(last) : Infinity;
  }

  /** Put each row where its time belongs, without touching rows that are already in place. */
  draw() {
    const first = this.firstTime();
    const end = this.thread.timeline.isLive ? Infinity : this.lastTime();
    const isStart = this.thread.older.hidden;
    if (first < this.from || end > this.to) this.loadOthers();
    const moves = [];
    const messages = this.messages();
    const pending = this.list.querySelector("[data-pending]");
    let after = pending; // the item after the current one, from the end upwards
    let place = messages.length;
    const sorted = [...this.rows.values()].sort((one, other) => other.revision - one.revision);
    for (const { time, item } of sorted) {
      while (place && timeOf(messages[place - 1]) > time) after = messages[(place -= 1)];
      const isElsewhere = (!isStart && time < first) || time > end;
      if (isElsewhere || isCollapsed(item, time, after)) {
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

  /** Show waiting notes at the end, and why any were refused. */
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
      const old = !entry.failed && isOld(entry);
      item.toggleAttribute("data-failed", Boolean(entry.failed) || old);
      item.querySelector(".note__failed").hidden = noteOutbox.underWay === entry.client_id;
      item.querySelector("[data-why]").textContent = old ? askAboutNote(entry) : entry.failed ?? "";
      const retry = item.querySelector("[data-retry]");
      retry.hidden = !entry.failed && !old;
      retry.textContent = old ? gettext("Send now") : gettext("Try again");
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
    const places = this.thread.places();
    if (target.closest("[data-retry]")) passFocus(() => noteOutbox.retry(entry), ...places);
    if (target.closest("[data-discard]")) passFocus(() => noteOutbox.remove(entry), ...places);
  }
}

customElements.define("trato-notes", Notes);
