// The conversations that this person has muted: asked for once, when the first toast is due, and kept
// up to date by what the person does in any tab.
import { getJSON } from "trato/api";
import { addresses } from "trato/page";
import { session } from "trato/session";

let asked = null;

export async function isMuted(conversation) {
  asked ??= ask();
  return (await asked).has(conversation);
}

async function ask() {
  const answer = await getJSON(addresses.muted);
  if (!answer) asked = null; // ask again next time
  return new Set(answer?.conversations);
}

session.on("own.changed", async ({ conversations }) => {
  const muted = await asked;
  for (const own of conversations) muted?.[own.muted ? "add" : "delete"](own.conversation);
});
