// Which conversations an event changes on their pages, so that a page which was asked for before it is
// out of date.
import { session } from "trato/session";

const OF_ONE = [
  "message.created", "message.changed", "conversation.ended", "note.created", "team.changed", "inbox.changed",
  "scheduled.changed", "message.held", "message.rejected", "staff_message.changed",
];
const OF_ANY = ["labels.changed", "members.changed", "lost"];

/** `listener` gets IDs of conversations, or null if it may be any. */
export function onNews(listener, signal) {
  for (const kind of OF_ONE) session.on(kind, ({ conversation }) => listener([conversation]), signal);
  session.on("own.changed", ({ conversations }) => listener(conversations.map((own) => own.conversation)), signal);
  for (const kind of OF_ANY) session.on(kind, () => listener(null), signal);
}
