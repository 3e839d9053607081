// The quote inside a message. It follows the original, see docs/protocol.md.
import { attachedIn, attachedWords } from "trato/attached";
import { gettext } from "trato/text";

const EXCERPT = 120; // characters, as EXCERPT_CHARACTERS in messaging/body.py

/** Return a quote of a message, as the server would send it. */
export function quoteOf(message) {
  const { sequence, sender, side } = message;
  const gone = message.removed || message.withdrawn;
  const text = [...message.body.split(/\s+/).filter(Boolean).join(" ")];
  const short = text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1).join("")}…` : text.join("");
  const attached = gone || short ? "" : attachedIn(message.files ?? []);
  return { sequence, sender, side, excerpt: gone ? "" : short, attached };
}

/** Return a quote of a message on the page. */
export function quoteOfItem(item, sender) {
  const files = [...item.querySelectorAll(".files:not([hidden]) .files__item")].map((file) => (
    { kind: file.querySelector("[data-picture]") ? "image" : "pdf" }
  ));
  const body = item.querySelector(".message__body").textContent;
  const removed = item.hasAttribute("data-removed");
  return quoteOf({ sequence: Number(item.dataset.sequence), sender, side: "", body, files, removed });
}

/** Return a quote's text; empty if the original is hidden. */
export const wordsOfQuote = ({ excerpt, attached }) => excerpt || attachedWords(attached);

/** Fill a quote's markup; hide it if the message has no quote. */
export function drawQuote(link, quote, name, address) {
  link.hidden = !quote;
  if (!quote) return link.removeAttribute("data-quote");
  link.href = `${address}?message=${quote.sequence}`;
  link.dataset.quote = quote.sequence;
  link.querySelector(".message__quoted-name").textContent = name;
  const place = link.querySelector(".message__quoted");
  const words = wordsOfQuote(quote);
  if (words) return place.replaceChildren(words);
  const gone = document.createElement("em");
  gone.textContent = gettext("This message isn't there any more.");
  place.replaceChildren(gone);
}
