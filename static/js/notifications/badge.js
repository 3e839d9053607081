// The numbers of unread notifications in the header, in words, and in the tab's title. They are always
// totals. An element says which number it shows: "notices", "conversations" (all others), or nothing
// for all. Elements that are only for unread notifications are hidden when there are none.
import { session } from "trato/session";
import { fill, ngettext } from "trato/text";

let title = document.title;

function writeTitle() {
  const unread = session.badge?.unread;
  document.title = unread ? `(${unread}) ${title}` : title;
}

/** Change the title, because the page shows something else now. */
export function entitle(text) {
  title = text;
  writeTitle();
}

session.on("badge", ({ unread, notices = 0 }) => {
  const numbers = { "": unread, conversations: unread - notices, notices };
  for (const badge of document.querySelectorAll("[data-badge]")) {
    const number = numbers[badge.dataset.badge];
    badge.textContent = number;
    badge.hidden = number === 0;
  }
  for (const words of document.querySelectorAll("[data-badge-words]")) {
    const number = numbers[words.dataset.badgeWords];
    words.textContent = fill(ngettext("%(number)s unread", "%(number)s unread", number), { number });
  }
  for (const element of document.querySelectorAll("[data-while-unread]")) {
    element.hidden = numbers[element.dataset.whileUnread] === 0;
  }
  writeTitle();
});
