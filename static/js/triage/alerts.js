// Knows which conversations alert this person. It asks once for the muted conversations, when the first
// message arrives, and then follows what the person does in any tab. Only if the person has chosen fewer
// alerts does it ask about other conversations: once for each, until its assignee changes.
import { getJSON } from "trato/api";
import { addresses } from "trato/page";
import { session } from "trato/session";

let asked = null;
const alerts = new Map(); // conversation → whether its messages alert this person

/** Whether messages of a conversation make it unread for this person. */
export async function isAlerted(conversation) {
  if (!(await own()).hasChosen) return true;
  if (!alerts.has(conversation)) alerts.set(conversation, askWhether(conversation));
  return alerts.get(conversation);
}

/** Whether a conversation may be unread without a toast. */
export async function isMuted(conversation) {
  return (await own()).muted.has(conversation) || !(await isAlerted(conversation));
}

function own() {
  asked ??= ask();
  return asked;
}

async function ask() {
  const answer = await getJSON(addresses.muted);
  if (!answer) asked = null; // ask again next time
  return { muted: new Set(answer?.conversations), hasChosen: answer?.has_chosen ?? false };
}

async function askWhether(conversation) {
  const answer = await getJSON(`${addresses.conversation(conversation)}alerts/`);
  if (!answer) alerts.delete(conversation);
  return answer?.alerts ?? true;
}

session.on("own.changed", async ({ conversations }) => {
  const muted = (await asked)?.muted;
  for (const state of conversations) muted?.[state.muted ? "add" : "delete"](state.conversation);
});

// Ask again: this page missed changes while it had no connection, and an assignee who leaves the shop no
// longer takes care of the conversation.
for (const kind of ["alerts.changed", "lost", "members.changed"]) {
  session.on(kind, () => {
    asked = null;
    alerts.clear();
  });
}

session.on("team.changed", ({ conversation, assignee }) => {
  if (assignee !== undefined) alerts.delete(conversation);
});
