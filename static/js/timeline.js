// What one conversation's tab knows: messages by sequence, and how far it may resume from.
export class Timeline {
  messages = new Map(); // sequence → message
  constructor(revision) {
    this.revision = revision;
  }

  /** Take in a message; "new", "changed", or "" if it was known already. */
  take(message) {
    const known = this.messages.get(message.sequence);
    if (known && known.revision >= message.revision) return "";
    this.messages.set(message.sequence, message);
    return known ? "changed" : "new";
  }

  /** A live message moves the cursor only if nothing lies between it and what is known. */
  follow(message) {
    if (message.revision === this.revision + 1) this.revision = message.revision;
    return message.revision <= this.revision;
  }

  resumeAt(revision) {
    this.revision = Math.max(this.revision, revision);
  }

  get last() {
    return Math.max(0, ...this.messages.keys());
  }
}
