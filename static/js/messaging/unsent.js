// Asks, on any page, what to do with messages and notes that were written long ago and never sent.
import { passFocus } from "trato/keep-focus";
import { noteOutbox } from "trato/note-outbox";
import { outbox } from "trato/outbox";
import { session } from "trato/session";
import { format } from "trato/local-time";
import { addresses } from "trato/page";
import { fill, gettext } from "trato/text";
import { uploads } from "trato/uploads";

/** Return the question, with the day on which the message was written. */
export function askAbout({ created_at }) {
  const day = format("day", new Date(created_at));
  return fill(gettext("Written on %(day)s and not sent yet. Send it now?"), { day });
}

/** Return the same question for an internal note. */
export function askAboutNote({ created_at }) {
  const day = format("day", new Date(created_at));
  return fill(gettext("Internal note written on %(day)s and not sent yet. Send it now?"), { day });
}

const panelTemplate = document.getElementById("unsent-template");
let panel;

function showUnsent() {
  const here = Number(document.querySelector("trato-thread")?.dataset.conversation);
  const notes = noteOutbox.old().map((entry) => ({ ...entry, isNote: true }));
  const entries = [...outbox.old(), ...notes].filter(({ conversation }) => conversation !== here);
  if (!entries.length) {
    panel?.remove();
    panel = null;
    return;
  }
  if (!panel) {
    panel = panelTemplate.content.firstElementChild.cloneNode(true);
    document.getElementById("main").prepend(panel);
  }
  const list = panel.querySelector("ul");
  const item = list.querySelector("template");
  for (const line of [...list.querySelectorAll("li")]) {
    if (!entries.some(({ client_id }) => client_id === line.dataset.clientId)) line.remove();
  }
  for (const entry of entries) {
    if (list.querySelector(`[data-client-id="${CSS.escape(entry.client_id)}"]`)) continue;
    const line = item.content.firstElementChild.cloneNode(true);
    line.dataset.clientId = entry.client_id;
    line.querySelector("[data-why]").textContent = entry.isNote ? askAboutNote(entry) : askAbout(entry);
    const files = (entry.files ?? []).map((id) => uploads.get(id)?.name ?? "");
    line.querySelector("[data-body]").textContent = entry.body || files.join(", ");
    line.querySelector("a").href = addresses.conversation(entry.conversation);
    const leave = (change) => {
      const places = [line.nextElementSibling, line.previousElementSibling].map((one) => one?.querySelector("a"));
      passFocus(change, ...places, document.getElementById("main"));
    };
    const { isNote, ...note } = entry;
    const { client_id: id } = entry;
    const send = () => (isNote ? noteOutbox.retry(note) : outbox.retry(id));
    const drop = () => (isNote ? noteOutbox.remove(note) : outbox.discard(id));
    line.querySelector("[data-send]").addEventListener("click", () => leave(send));
    line.querySelector("[data-drop]").addEventListener("click", () => leave(drop));
    list.append(line);
  }
}

for (const one of [outbox, noteOutbox]) one.addEventListener("changed", showUnsent);
session.on("live", showUnsent);
if (panelTemplate) showUnsent();
