// What a tab shows of a conversation: a window of messages, and the revision to resume from. A live window
// ends with the newest message; in any other window, new messages would leave a gap.
const KEPT = 500; // messages outside of the window, as they are now

export class Timeline {
  messages = new Map(); // sequence → message; without a gap from `first` to `last`
  outside = new Map(); // the same for messages from events outside it: pages on their way may be older than these

  /** `first` and `last`: of the messages that the page was rendered with; `newest`: of all messages. */
  constructor(revision, { first = 1, last = first - 1, newest = last, isLive = true } = {}) {
    Object.assign(this, { revision, first, last, newest, isLive });
    // Revision 0: any event is at least as new as the rendered messages.
    for (let sequence = first; sequence <= last; sequence += 1) this.messages.set(sequence, { sequence, revision: 0 });
  }

  /** Whether a message belongs in the window. */
  shows(sequence) {
    return sequence >= this.first && (this.isLive || sequence <= this.last);
  }

  /**
   * Take the latest version of a message. Returns where it belongs: "new" or "changed" in the window,
   * "beyond" if it is new and comes after a window that isn't live, "outside" if it is elsewhere for another
   * reason, or "" if it is already known.
   */
  take(message) {
    const { sequence, revision } = message;
    const isNewest = sequence > this.newest;
    if (isNewest) this.newest = sequence;
    const isShown = this.shows(sequence);
    const place = isShown ? this.messages : this.outside;
    const known = place.get(sequence);
    if (known && known.revision >= revision) return "";
    place.set(sequence, message);
    if (!isShown) return isNewest ? "beyond" : "outside";
    this.extend();
    return known ? "changed" : "new";
  }

  /** Whether a message has arrived, shown or not. */
  has(sequence) {
    return this.messages.has(sequence) || this.outside.has(sequence);
  }

  /** Return the latest version of a message, if it came with an event or a page. */
  known(sequence) {
    const message = this.messages.get(sequence) ?? this.outside.get(sequence);
    return message?.sender ? message : undefined; // the page was rendered with the others
  }

  extend() {
    while (this.messages.has(this.last + 1)) this.last += 1;
    this.newest = Math.max(this.newest, this.last);
  }

  /** Start an empty thread at its last page, whose messages are taken next. */
  startAt(first) {
    this.leave([...this.messages.keys()].filter((sequence) => sequence < first));
    this.first = first;
    this.last = first - 1;
    this.extend();
  }

  // -- moving the window -----------------------------------------------------------------------

  /** Add the page directly before the window; return the latest versions, or null if it isn't that page. */
  addOlder(page) {
    if (page.length && page.at(-1).sequence !== this.first - 1) return null;
    const messages = this.add(page);
    if (page.length) this.first = page[0].sequence;
    return messages;
  }

  /** Add the page directly after the window. `isLive`: whether it ends with the newest message. */
  addNewer(page, isLive) {
    if (this.isLive || (page.length && page[0].sequence !== this.last + 1)) return null;
    const messages = this.add(page);
    this.extend();
    return isLive ? [...messages, ...this.becomeLive()] : messages;
  }

  /** Replace the window with another part of the conversation; return its messages' latest versions. */
  replace(page, isLive) {
    this.leave(this.messages.keys());
    this.first = page[0]?.sequence ?? 1;
    this.last = this.first - 1;
    this.isLive = false;
    const messages = this.add(page);
    this.extend();
    return isLive ? [...messages, ...this.becomeLive()] : messages;
  }

  /** Remove the messages before a sequence from the window. */
  dropBefore(sequence) {
    this.first = Math.min(sequence, this.last);
    this.leave([...this.messages.keys()].filter((one) => one < this.first));
  }

  /** Remove the messages after a sequence, which isn't the newest, from the window. */
  dropAfter(sequence) {
    this.last = Math.min(sequence, this.last); // unless there is a gap before it
    this.leave([...this.messages.keys()].filter((one) => one > this.last));
    this.isLive = false;
  }

  /** Forget old changes outside of the window: no page is on its way that might be older than them. */
  settle() {
    for (const sequence of this.outside.keys()) {
      if (this.outside.size <= KEPT) return;
      this.outside.delete(sequence);
    }
  }

  add(page) {
    return page.map((message) => {
      const changed = this.outside.get(message.sequence);
      this.outside.delete(message.sequence);
      const latest = changed?.revision > message.revision ? changed : message;
      this.messages.set(message.sequence, latest);
      return latest;
    });
  }

  /** Add the messages that arrived after the end of the window meanwhile. */
  becomeLive() {
    this.isLive = true;
    const ahead = [...this.outside.keys()].filter((sequence) => sequence > this.last).sort((one, other) => one - other);
    const messages = this.add(ahead.map((sequence) => this.outside.get(sequence)));
    this.extend();
    return messages;
  }

  leave(sequences) {
    for (const sequence of [...sequences]) {
      const message = this.messages.get(sequence);
      this.messages.delete(sequence);
      if (message.sender) this.outside.set(sequence, message);
    }
  }

  // -- the revision ------------------------------------------------------------------------------

  /** A live message moves the cursor only if there is no gap before it. */
  follow(message) {
    if (message.revision === this.revision + 1) this.revision = message.revision;
    return message.revision <= this.revision;
  }

  resumeAt(revision) {
    this.revision = Math.max(this.revision, revision);
  }
}
