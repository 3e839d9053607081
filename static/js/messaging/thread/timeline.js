// What one conversation's tab has loaded: messages without a gap in their sequences, and the
// revision to resume from.
export class Timeline {
  messages = new Map(); // sequence → message
  changes = new Map(); // the same for what changed before the run: older pages may not know it yet

  /** `first`: the sequence of the first message on the page. */
  constructor(revision, first = 1) {
    this.revision = revision;
    this.startAt(first);
  }

  /** Start again at a message, without the earlier ones. */
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

  /** Add a message; return "new", "changed", or "" if it is known or before the first message. */
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

  /** A message as it is now, if it came with an event or a page of older ones. */
  known(sequence) {
    const message = this.messages.get(sequence) ?? this.changes.get(sequence);
    return message?.sender ? message : undefined; // not those that the page was rendered with
  }

  /** Add the page of messages directly before the first one; return their latest versions. */
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

  /** A live message moves the cursor only if there is no gap before it. */
  follow(message) {
    if (message.revision === this.revision + 1) this.revision = message.revision;
    return message.revision <= this.revision;
  }

  resumeAt(revision) {
    this.revision = Math.max(this.revision, revision);
  }
}
