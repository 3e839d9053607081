// The reactions below a message: a button for each, which sets or removes the reader's own.
import { session } from "trato/session";
import { gettext } from "trato/text";

export function drawReactions(place, reactions = []) {
  place.hidden = !reactions.length;
  place.replaceChildren(...reactions.map(({ reaction, users }) => {
    const names = users.map(({ name }) => name || gettext("Deleted account")).join(", ");
    const isOwn = users.some(({ id }) => id === session.user);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "message__reaction";
    button.dataset.reaction = reaction;
    button.ariaPressed = String(isOwn);
    button.ariaLabel = `${reaction} ${names}`;
    button.title = names;
    button.textContent = users.length > 1 ? `${reaction} ${users.length}` : reaction;
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

/** Return the reader's own reaction to a message, or an empty text. */
export function ownReaction(item) {
  return item.querySelector('.message__reaction[aria-pressed="true"]')?.dataset.reaction ?? "";
}
