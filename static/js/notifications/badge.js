// The number of unread notifications: in the header, in words, and in the tab's title. It is always
// the total. Elements for unread notifications are shown and hidden with it.
import { session } from "trato/session";
import { fill, ngettext } from "trato/text";

const title = document.title;

session.on("badge", ({ unread }) => {
  for (const badge of document.querySelectorAll("[data-badge]")) {
    badge.textContent = unread;
    badge.hidden = unread === 0;
  }
  for (const words of document.querySelectorAll("[data-badge-words]")) {
    words.textContent = fill(ngettext("%(number)s unread", "%(number)s unread", unread), { number: unread });
  }
  for (const element of document.querySelectorAll("[data-while-unread]")) element.hidden = unread === 0;
  document.title = unread ? `(${unread}) ${title}` : title;
});
