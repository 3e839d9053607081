// Says which conversations' pages an event changes. A page that was requested before it is out of date.
import { session } from "trato/session";

const OF_ONE = [
  "message.created", "message.changed", "conversation.ended", "note.created", "team.changed", "inbox.changed",
  "scheduled.changed", "message.held", "message.rejected", "staff_message.changed",
];
const OF_ANY = ["labels.changed", "members.changed", "lost"];

/** `listener` gets the conversations' IDs, or null if it may be any conversation. */
export function onNews(listener, signal) {
  for (const kind of OF_ONE) session.on(kind, ({ conversation }) => listener([conversation]), signal);
  session.on("own.changed", ({ conversations }) => listener(conversations.map((own) => own.conversation)), signal);
  for (const kind of OF_ANY) session.on(kind, () => listener(null), signal);
}
