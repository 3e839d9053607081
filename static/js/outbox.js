// What was written and is not yet acknowledged. It is kept in localStorage, so a reload, a lost
// line or a dead server loses nothing; it is sent in order, one at a time per conversation, and
// always under the `client_id` it got first, so that nothing is sent twice.
import { session } from "trato/session";
import { post } from "trato/api";

const PATIENCE = 8000; // milliseconds until an unanswered send is tried again
const PAUSE = 1500;
const FINAL = new Set(["invalid", "too_long", "forbidden", "blocked", "not_found", "conflict"]);
const key = `trato-outbox-${session.user}`;

/** A v4 UUID; `crypto.randomUUID` is missing on plain http. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

class Outbox extends EventTarget {
  draining = new Set();
  answers = new Map(); // client_id → what to call with the server's answer

  constructor() {
    super();
    session.on("message.accepted", (frame) => this.answered(frame.client_id, { ok: frame }));
    session.on("message.created", (frame) => this.answered(frame.client_id, { ok: frame }));
    session.on("error", (frame) => this.answered(frame.client_id, { error: frame }));
    session.on("lost", () => [...this.answers.keys()].forEach((id) => this.answered(id, {})));
    session.on("live", () => this.flush());
    session.on("poll", () => this.flush());
    window.addEventListener("storage", (event) => {
      if (event.key === key) this.changed();
    });
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? [];
    } catch {
      return [];
    }
  }

  write(entries) {
    localStorage.setItem(key, JSON.stringify(entries));
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("changed"));
  }

  of(conversation) {
    return this.read().filter((entry) => entry.conversation === conversation);
  }

  waiting() {
    return this.read().filter((entry) => !entry.failed).length;
  }

  add(conversation, body) {
    const entry = { conversation, body, client_id: newId(), created_at: new Date().toISOString() };
    this.write([...this.read(), entry]);
    this.flush();
    return entry;
  }

  update(clientId, values) {
    this.write(this.read().map((entry) => (entry.client_id === clientId ? { ...entry, ...values } : entry)));
  }

  remove(clientId) {
    const entries = this.read();
    if (entries.some((entry) => entry.client_id === clientId)) {
      this.write(entries.filter((entry) => entry.client_id !== clientId));
    }
  }

  retry(clientId) {
    this.update(clientId, { failed: null });
    this.flush();
  }

  flush() {
    for (const { conversation } of this.read()) this.drain(conversation);
  }

  async drain(conversation) {
    if (this.draining.has(conversation) || session.ended) return;
    this.draining.add(conversation);
    const work = () => this.drainAll(conversation);
    try {
      // One tab at a time, so that the order is that of writing.
      await (navigator.locks ? navigator.locks.request(`${key}-${conversation}`, work) : work());
    } finally {
      this.draining.delete(conversation);
    }
  }

  async drainAll(conversation) {
    while (!session.ended) {
      const entry = this.of(conversation).find((one) => !one.failed);
      if (!entry) return;
      const answer = await this.deliver(entry);
      if (answer.ok) {
        this.remove(entry.client_id);
        this.dispatchEvent(new CustomEvent("sent", { detail: { ...entry, ...answer.ok } }));
      } else if (answer.error && FINAL.has(answer.error.code)) {
        this.update(entry.client_id, { failed: answer.error.detail });
      } else {
        const seconds = answer.error?.retry_after;
        if (seconds) this.dispatchEvent(new CustomEvent("held", { detail: answer.error }));
        await new Promise((resume) => setTimeout(resume, seconds ? seconds * 1000 : PAUSE));
      }
    }
  }

  deliver(entry) {
    const { conversation, client_id, body } = entry;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answered(client_id, {}), PATIENCE);
      this.answers.set(client_id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      if (!session.send({ type: "message.send", conversation, client_id, body })) {
        this.deliverByPost(entry);
      }
    });
  }

  async deliverByPost({ conversation, client_id, body }) {
    const answer = await post(`/conversation/${conversation}/new_message/`, { client_id, body });
    if (answer?.ok && answer.body?.message) this.answered(client_id, { ok: answer.body.message });
    else this.answered(client_id, answer?.body ? { error: answer.body } : {});
  }

  answered(clientId, answer) {
    const resolve = this.answers.get(clientId);
    this.answers.delete(clientId);
    resolve?.(answer);
    if (answer.ok && !resolve) this.remove(clientId);
  }
}

export const outbox = new Outbox();
