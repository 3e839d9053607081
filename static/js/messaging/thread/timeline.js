// What one conversation's tab shows: a window of messages, and the revision to resume from. A live window
// ends with the newest message; into another one, new messages don't fit without a gap.
const KEPT = 500; // messages outside of the window, as they are now

export class Timeline {
  messages = new Map(); // sequence → message; without a gap from `first` to `last`
  outside = new Map(); // the same for others that events brought: pages on their way may not know it yet

  /** `first` and `last`: of the messages that the page was rendered with; `newest`: of all. */
  constructor(revision, { first = 1, last = first - 1, newest = last, isLive = true } = {}) {
    Object.assign(this, { revision, first, last, newest, isLive });
    // As they were rendered; all events about them are at least as new.
    for (let sequence = first; sequence <= last; sequence += 1) this.messages.set(sequence, { sequence, revision: 0 });
  }

  /** Whether a message belongs into the window. */
  shows(sequence) {
    return sequence >= this.first && (this.isLive || sequence <= this.last);
  }

  /**
   * Take a message as it is now. Returns what to do: "new" or "changed" in the window, "beyond" for a new
   * one after a window that isn't live, "outside" for any other elsewhere, or "" if it is known.
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

  /** Whether a message has come, shown or not. */
  has(sequence) {
    return this.messages.has(sequence) || this.outside.has(sequence);
  }

  /** A message as it is now, if it came with an event or a page. */
  known(sequence) {
    const message = this.messages.get(sequence) ?? this.outside.get(sequence);
    return message?.sender ? message : undefined; // not those that the page was rendered with
  }

  extend() {
    while (this.messages.has(this.last + 1)) this.last += 1;
    this.newest = Math.max(this.newest, this.last);
  }

  /** Start an empty thread with its last page, which is about to be taken. */
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

  /** Show another part of the conversation instead; return the latest versions of its messages. */
  replace(page, isLive) {
    this.leave(this.messages.keys());
    this.first = page[0]?.sequence ?? 1;
    this.last = this.first - 1;
    this.isLive = false;
    const messages = this.add(page);
    this.extend();
    return isLive ? [...messages, ...this.becomeLive()] : messages;
  }

  /** Forget the messages before one. */
  dropBefore(sequence) {
    this.first = Math.min(sequence, this.last);
    this.leave([...this.messages.keys()].filter((one) => one < this.first));
  }

  /** Forget the messages after one, which is not the newest. */
  dropAfter(sequence) {
    this.last = Math.min(sequence, this.last); // or there is a gap before that one
    this.leave([...this.messages.keys()].filter((one) => one > this.last));
    this.isLive = false;
  }

  /** No page is on its way that might not know these changes. */
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

  /** Take in what arrived after the end of the window meanwhile. */
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
