// Lets people choose a time, a label or a colleague for an action. The server renders the choices. Without
// scripts, they are a separate page; here they are in a dialog.
import { submit } from "trato/api";
import { keepFocus } from "trato/keep-focus";
import { writeAll } from "trato/local-time";
import { addresses } from "trato/page";
import { gettext } from "trato/text";

/**
 * Let a person choose for conversations.
 *
 * `kind`: `snooze`, `label` or `assign`. `perform(name, extra)` carries out the action with what was chosen,
 * and returns a result like `act()`. After an error, which is shown, the person can choose again. The focus
 * returns to where it was.
 */
export async function choose(kind, ids, perform) {
  const dialog = document.createElement("dialog");
  dialog.className = "choices-dialog";
  dialog.setAttribute("aria-busy", "true");
  dialog.ariaLabel = gettext("Choose");
  const refocus = keepFocus();
  dialog.addEventListener("close", () => {
    dialog.remove();
    refocus();
  });
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => pressed(event, dialog));
  dialog.addEventListener("submit", (event) => submitted(event, dialog, perform));
  document.body.append(dialog);
  dialog.showModal(); // now, so that the next key goes to the dialog
  const values = [["act", kind], ...ids.map((id) => ["conversation", id])];
  const answer = await submit(addresses.choices, values, "text/html");
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  const page = new DOMParser().parseFromString(text, "text/html");
  const choices = page.querySelector(".choices") ?? failure();
  const title = choices.querySelector("h1");
  if (title) {
    const heading = document.createElement("h2");
    heading.className = title.className;
    heading.append(...title.childNodes);
    title.replaceWith(heading);
    dialog.ariaLabel = heading.textContent.trim();
  }
  dialog.append(choices);
  dialog.removeAttribute("aria-busy");
  writeAll(dialog);
  if (dialog.open) controls(dialog)[0]?.focus();
}

function failure() {
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = gettext("That didn't work. Try again in a moment.");
  return line;
}

function controls(dialog) {
  return [...dialog.querySelectorAll("button:not([hidden]), input:not([type=hidden]), a")];
}

/** Move between buttons: arrows go to the next one, a letter to the next one that begins with it. */
function pressed(event, dialog) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input")) return;
  const all = controls(dialog).filter((one) => !one.matches("input")); // in an input, arrows change the date
  const at = all.indexOf(document.activeElement);
  let next = null;
  if (key === "ArrowDown") next = all[(at + 1) % all.length];
  else if (key === "ArrowUp") next = all.at(at - 1);
  else if (key.length === 1 && key !== " ") {
    const later = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    next = later.find((one) => one.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
  } else return;
  event.preventDefault();
  next?.focus();
}

async function submitted(event, dialog, perform) {
  event.preventDefault();
  const { actOf } = await import("trato/acts");
  const { name, extra } = actOf(event.target, event.submitter);
  const { error } = await perform(name, extra);
  const line = dialog.querySelector("[data-error]");
  if (!error || !line) return dialog.close();
  line.textContent = error;
  line.hidden = false;
  const field = dialog.querySelector("[name=until_local]");
  field?.setAttribute("aria-invalid", "true");
  field?.focus();
}
