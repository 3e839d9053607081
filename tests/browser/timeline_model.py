"""The model behind a thread, with a server that loses, delays and reorders everything."""

# `run(steps)`: each step is a name and a number. Returns what was wrong, or "".
MODEL = """
async (sequences) => {
  const { Timeline } = await import("trato/timeline");
  const PAGE = 4;

  function run(steps) {
    // The server: the messages, their last changes, and events on their way.
    const stored = new Map(); // sequence → message
    let revision = 0;
    const events = [];
    const say = () => change(stored.size + 1);
    const change = (sequence) => {
      revision += 1;
      const message = { sequence, revision, sender: { id: 1 } };
      stored.set(sequence, message);
      events.push(message);
    };
    const page = (wanted) => [...stored.values()].filter(({ sequence }) => wanted(sequence))
      .sort((one, other) => one.sequence - other.sequence);
    const windows = {
      older: () => page((n) => n < timeline.first).slice(-PAGE),
      newer: () => page((n) => n > timeline.last).slice(0, PAGE),
      latest: () => page(() => true).slice(-PAGE),
      around: (n) => page((one) => one > Math.min(n - PAGE / 2, stored.size - PAGE)).slice(0, PAGE),
    };
    for (let n = 0; n < 10; n += 1) say();
    events.length = 0;

    // The page, as `Thread` and `History` treat the model.
    const timeline = new Timeline(revision, { first: 7, last: 10, newest: 10, isLive: true });
    const drawn = new Map([7, 8, 9, 10].map((n) => [n, stored.get(n).revision]));
    const draw = (messages) => messages?.forEach((one) => drawn.set(one.sequence, one.revision));
    // The latest version of each message that came alone: quotes of it follow.
    const told = new Map();
    const tell = ({ sequence: n, revision: of }) => told.set(n, Math.max(of, told.get(n) ?? 0));
    const receive = (message) => {
      const what = timeline.take(message);
      if (what === "new" || what === "changed") draw([message]);
      tell(message);
      timeline.follow(message);
    };
    const keep = () => [...drawn.keys()].forEach((n) => timeline.shows(n) || drawn.delete(n));
    const resume = () => {
      const changed = [...stored.values()].filter((one) => one.revision > timeline.revision);
      const top = revision;
      return () => {
        changed.sort((one, other) => one.revision - other.revision).forEach((one) => {
          const what = timeline.take(one);
          if (what === "new" || what === "changed") draw([one]);
          tell(one);
        });
        timeline.resumeAt(top);
      };
    };
    let request = null; // {kind, messages, isEnd}: what the server has answered
    const ask = (kind, n) => {
      if (request && (kind === "older" || kind === "newer")) return;
      if (kind === "newer" && timeline.isLive) return;
      if (kind === "latest" && timeline.isLive) return;
      const messages = windows[kind](n);
      request = { kind, messages, isEnd: messages.at(-1)?.sequence === stored.size };
    };
    const land = () => {
      if (!request) return;
      const { kind, messages, isEnd } = request;
      request = null;
      if (kind === "older") draw(timeline.addOlder(messages));
      else if (kind === "newer") draw(timeline.addNewer(messages, isEnd || !messages.length));
      else {
        const latest = timeline.replace(messages, isEnd);
        drawn.clear();
        draw(latest);
      }
      timeline.settle();
    };
    const resumes = [];
    const acts = {
      say, change: (n) => change(1 + (n % stored.size)),
      deliver: (n) => events.length && receive(events.splice(n % Math.min(2, events.length), 1)[0]),
      lose: () => events.shift(),
      ask: (n) => ask(["older", "newer", "latest", "around"][n % 4], 1 + (n % stored.size)),
      land, resume: () => resumes.push(resume()), resumed: () => resumes.shift()?.(),
      trim: (n) => {
        const size = timeline.last - timeline.first;
        if (size < 2) return;
        if (n % 2) timeline.dropBefore(timeline.first + 1 + (n % size));
        else timeline.dropAfter(timeline.first + (n % size));
        keep();
      },
    };
    const check = () => {
      const shown = [...drawn.keys()].sort((one, other) => one - other);
      const held = [...timeline.messages.keys()].sort((one, other) => one - other);
      if (String(shown) !== String(held)) return `drawn ${shown}, held ${held}`;
      const run = shown.filter((n) => n <= timeline.last);
      if (run.length !== timeline.last - timeline.first + 1 || run[0] !== timeline.first) {
        return `a hole in ${shown}, said to be ${timeline.first} to ${timeline.last}`;
      }
      if (!timeline.isLive && shown.at(-1) > timeline.last) return "beyond the end of a window";
      return "";
    };
    for (const [name, n] of steps) {
      acts[name](n);
      const wrong = check();
      if (wrong) return `${name} ${n}: ${wrong}`;
    }
    // In the end everything arrives, and the page has what the database has.
    land();
    resumes.forEach((one) => one());
    while (events.length) acts.deliver(0);
    resume()();
    const checks = [check()];
    for (const [n, of] of drawn) {
      if (stored.get(n).revision !== of) checks.push(`${n} is of ${of}`);
    }
    for (const [n, { revision: of }] of stored) {
      if (of > 10 && told.get(n) !== of) checks.push(`the change of ${n} was never told`);
    }
    if (timeline.isLive && timeline.last !== stored.size) checks.push("not at the end");
    // From there on, scrolling reaches everything, once.
    while (!timeline.isLive) { ask("newer"); land(); }
    while (timeline.first > 1) { ask("older"); land(); }
    checks.push(check());
    if (drawn.size !== stored.size) checks.push(`${drawn.size} of ${stored.size}`);
    for (const [n, of] of drawn) if (stored.get(n).revision !== of) checks.push(`${n} is old`);
    return checks.find(Boolean) ?? "";
  }

  return sequences.map(run);
}
"""
STEPS = ("say", "change", "deliver", "lose", "ask", "land", "resume", "resumed", "trim")
