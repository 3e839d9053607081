// Shows what colleagues do in this conversation: look, reply, or write a note. Each tab repeats its state
// while it is true, and once for each newcomer; a state that isn't repeated expires. It warns, never blocks.
import { session } from "trato/session";
import { fill, gettext } from "trato/text";

const CHECK_EVERY = 1000; // milliseconds
const WRITING_FOR = 30000; // after the last key; then the person counts as only looking
const LOUDEST = ["replying", "noting", "looking"];

const lookingWords = {
  replying: () => gettext("%(name)s is replying"),
  noting: () => gettext("%(name)s is writing a note"),
  looking: () => gettext("%(name)s is looking"),
};

class Looking extends HTMLElement {
  others = new Map(); // user → {name, doing, timer}
  typedAt = { replying: 0, noting: 0 };
  told = ""; // what the others know about this tab
  toldAt = 0;
  isOwed = false; // whether a newcomer doesn't yet know what this tab does

  async connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    await customElements.whenDefined("trato-thread");
    const thread = this.closest("trato-thread");
    if (!thread?.follows || !this.isConnected) return;
    this.conversation = Number(thread.dataset.conversation);
    this.composer = thread.querySelector("trato-composer");
    this.warning = thread.querySelector(".composer__colleagues");
    session.on("team.looking", (frame) => this.see(frame), signal);
    session.on("message.created", (message) => this.wrote(message, message.sender), signal);
    session.on("note.created", (note) => this.wrote(note, note.author), signal);
    session.on("live", () => this.tell(true), signal);
    document.addEventListener("visibilitychange", () => this.tell(), { signal });
    this.composer?.addEventListener("input", ({ target }) => {
      this.typedAt[target.closest("trato-note-composer") ? "noting" : "replying"] = Date.now();
      this.tell();
      this.warn();
    }, { signal });
    this.timer = setInterval(() => this.tell(), CHECK_EVERY);
    if (session.live) this.tell(true);
  }

  disconnectedCallback() {
    this.gone.abort();
    clearInterval(this.timer);
    for (const { timer } of this.others.values()) clearTimeout(timer);
  }

  // -- this tab ----------------------------------------------------------------------------------

  doing() {
    if (document.visibilityState !== "visible") return "";
    const fields = { replying: "#composer-body", noting: "#note-field" };
    const isWriting = (what) =>
      Date.now() < this.typedAt[what] + WRITING_FOR && this.composer?.querySelector(fields[what])?.value;
    const [latest] = Object.keys(fields).filter(isWriting).sort((one, other) => this.typedAt[other] - this.typedAt[one]);
    return latest ?? "looking";
  }

  tell(anyway = false) {
    const doing = this.doing();
    const isDue = this.isOwed || Date.now() >= this.toldAt + Number(this.dataset.repeat) * 1000;
    if (!doing || (doing === this.told && !isDue && !anyway)) return;
    if (!session.send({ type: "team.looking", conversation: this.conversation, doing })) return;
    this.told = doing;
    this.toldAt = Date.now();
    this.isOwed = false;
    this.warn();
  }

  // -- the others --------------------------------------------------------------------------------

  see({ conversation, user, name, doing }) {
    if (conversation !== this.conversation) return;
    if (user === session.user) return this.tell(true); // the person has only left another tab
    clearTimeout(this.others.get(user)?.timer);
    if (doing === "gone") return this.forget(user);
    if (!this.others.has(user)) this.isOwed = true;
    const timer = setTimeout(() => this.forget(user), Number(this.dataset.expires) * 1000);
    this.others.set(user, { name, doing, timer });
    this.show();
  }

  forget(user) {
    this.others.delete(user);
    this.show();
  }

  /** Show that a colleague has stopped writing, because the message or note has arrived. */
  wrote({ conversation }, { id }) {
    const other = this.others.get(id);
    if (conversation !== this.conversation || !other) return;
    other.doing = "looking";
    this.show();
  }

  show() {
    const rank = ({ doing }) => LOUDEST.indexOf(doing);
    const others = [...this.others.values()].sort((one, other) => rank(one) - rank(other));
    const lines = others.slice(0, 3).map(({ name, doing }) => fill(lookingWords[doing](), { name }));
    this.write(this, lines.join(" · "));
    this.toggleAttribute("data-writing", others.some(({ doing }) => doing !== "looking"));
    this.warn();
  }

  /** Say beside the box that a colleague is replying too, once this person has started. */
  warn() {
    if (!this.warning) return;
    const replying = [...this.others.values()].find(({ doing }) => doing === "replying");
    const begun = this.composer.querySelector("#composer-body").value !== "";
    this.write(this.warning, replying && begun ? fill(gettext("%(name)s is replying too."), replying) : "");
  }

  write(line, text) {
    if (line.textContent !== text) line.textContent = text; // otherwise it would be read out again
    line.hidden = !text;
  }
}

customElements.define("trato-looking", Looking);
