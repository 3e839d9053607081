// What one conversation's tab knows: a run of messages without a hole, by their sequences, and the
// revision from which it may resume.
export class Timeline {
  messages = new Map(); // sequence → message
  changes = new Map(); // the same for what changed before the run: older pages may not know it yet

  /** `first`: the sequence of the first message on the page, where the run begins. */
  constructor(revision, first = 1) {
    this.revision = revision;
    this.startAt(first);
  }

  /** Begin the run at a message; what was known before it is none of the run. */
  startAt(first) {
    this.first = first;
    this.last = first - 1; // up to which nothing is missing
    for (const sequence of this.messages.keys()) {
      if (sequence < first) this.messages.delete(sequence);
    }
    this.extend();
  }

  extend() {
    while (this.messages.has(this.last + 1)) this.last += 1;
  }

  /** Take in a message; "new", "changed", or "" if it was known already or lies before the run. */
  take(message) {
    const isBefore = message.sequence < this.first;
    const place = isBefore ? this.changes : this.messages;
    const known = place.get(message.sequence);
    if (known && known.revision >= message.revision) return "";
    place.set(message.sequence, message);
    if (isBefore) return "";
    this.extend();
    return known ? "changed" : "new";
  }

  /** Take in the page of messages right before the run; gives each as it is by now. */
  addOlder(page) {
    const messages = page.map((message) => {
      const changed = this.changes.get(message.sequence);
      this.changes.delete(message.sequence);
      return changed?.revision > message.revision ? changed : message;
    });
    for (const message of messages) this.messages.set(message.sequence, message);
    if (messages.length) this.first = messages[0].sequence;
    return messages;
  }

  /** A live message moves the cursor only if nothing lies between it and what is known. */
  follow(message) {
    if (message.revision === this.revision + 1) this.revision = message.revision;
    return message.revision <= this.revision;
  }

  resumeAt(revision) {
    this.revision = Math.max(this.revision, revision);
  }
}
