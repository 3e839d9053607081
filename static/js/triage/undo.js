// Says what was done, and offers to undo it for ten seconds, or longer while the person is on the button.
import { keepFocus } from "trato/keep-focus";
import { gettext } from "trato/text";

const SHOWN_FOR = 10000; // milliseconds, like UNDO_SECONDS on the server
let place = null;
let timer;
let refocus; // returns the focus to where it was before

/** `result`: what `act()` returned. `onUndone` gets the result of undoing it. */
export function offerUndo(result, onUndone = () => {}) {
  const line = document.createElement("div");
  line.className = "undo__line";
  const text = document.createElement("p");
  text.textContent = result.text;
  line.append(text);
  if (result.undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "undo__button";
    button.textContent = gettext("Undo");
    button.addEventListener("click", async () => {
      button.ariaDisabled = "true"; // `disabled` would lose the focus
      const undone = await result.undo();
      onUndone(undone);
      offerUndo(undone, onUndone);
    }, { once: true });
    line.append(button);
  }
  show(line);
}

function show(line) {
  if (!place?.isConnected) {
    place = document.createElement("div");
    place.className = "undo";
    place.setAttribute("role", "status"); // implies `aria-live="polite"`
    for (const kind of ["pointerenter", "focusin"]) place.addEventListener(kind, () => clearTimeout(timer));
    for (const kind of ["pointerleave", "focusout"]) place.addEventListener(kind, leave);
    place.addEventListener("focusin", ({ relatedTarget }) => {
      if (!place.contains(relatedTarget)) refocus = keepFocus(relatedTarget);
    });
    document.body.append(place);
  }
  const hasFocus = place.contains(document.activeElement);
  place.replaceChildren(line);
  if (hasFocus) refocus();
  leave();
}

function leave() {
  clearTimeout(timer);
  timer = setTimeout(() => place.matches(":focus-within") || place.replaceChildren(), SHOWN_FOR);
}
