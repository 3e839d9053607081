// A waiting message that one of the site's rules questions. The words are marked, and its author chooses.
import { linkify } from "trato/links";
import { gettext } from "trato/text";

/** Return the text with the words marked. The offsets count code points. */
function marked(body, findings) {
  const text = [...body];
  const parts = document.createDocumentFragment();
  let place = 0;
  for (const { start, end } of findings.filter((one) => one.end > 0)) {
    if (end <= place) continue;
    const from = Math.max(start, place);
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, end).join("");
    parts.append(text.slice(place, from).join(""), mark);
    place = end;
  }
  parts.append(text.slice(place).join(""));
  return parts;
}

/** Show or hide the question about a message that waits in the outbox. */
export function drawQuestion(item, { body, failed, shield }) {
  const asked = failed && shield ? shield : null;
  const state = asked ? JSON.stringify([body, asked.action, asked.may_insist]) : "";
  if ((item.dataset.asked ?? "") === state) return;
  item.dataset.asked = state;
  const words = asked ? marked(body, asked.findings) : linkify(body);
  item.querySelector(".message__body").replaceChildren(words);
  const insist = item.querySelector("[data-insist]");
  item.querySelector("[data-retry]").hidden = Boolean(asked);
  item.querySelector("[data-edit-words]").hidden = !asked;
  item.querySelector("[data-without]").hidden = !asked?.masked;
  insist.hidden = !asked?.may_insist;
  insist.textContent = asked?.action === "warn" ? gettext("This is wrong, send it") : gettext("This is wrong");
}

/** Handle a click on one of the question's buttons; returns whether the click was on one. */
export function answerQuestion(target, outbox, clientId) {
  const button = target.closest("[data-edit-words], [data-without], [data-insist]");
  const entry = button && outbox.get(clientId);
  if (!entry?.shield) return false;
  if (button.matches("[data-edit-words]")) outbox.takeBack(clientId);
  else if (button.matches("[data-without]")) outbox.resend(clientId, { body: entry.shield.masked });
  else outbox.resend(clientId, { insists: true });
  return true;
}
