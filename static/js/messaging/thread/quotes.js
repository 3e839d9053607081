// The quoted message in another one. It follows the original, see docs/protocol.md.
import { gettext } from "trato/text";

const EXCERPT = 120; // characters, as EXCERPT_CHARACTERS in messaging/body.py

/** What a quote of a message shows, as the server would say it. */
export function quoteOf(message) {
  const { sequence, sender, side } = message;
  const gone = message.removed || message.withdrawn;
  const text = [...message.body.split(/\s+/).filter(Boolean).join(" ")];
  const short = text.length > EXCERPT ? `${text.slice(0, EXCERPT - 1).join("")}…` : text.join("");
  return { sequence, sender, side, excerpt: gone ? "" : short || "📎" };
}

/** Fill the markup of a quote; hide it for a message without one. */
export function drawQuote(link, quote, name, address) {
  link.hidden = !quote;
  if (!quote) return link.removeAttribute("data-quote");
  link.href = `${address}?message=${quote.sequence}`;
  link.dataset.quote = quote.sequence;
  link.querySelector(".message__quoted-name").textContent = name;
  const place = link.querySelector(".message__quoted");
  if (quote.excerpt) return place.replaceChildren(quote.excerpt);
  const gone = document.createElement("em");
  gone.textContent = gettext("This message isn't there any more.");
  place.replaceChildren(gone);
}
