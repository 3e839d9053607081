// Fetches pages of conversations and lists for their parts, and builds their URLs.
import { request } from "trato/api";
import { session } from "trato/session";

// Not part of the filter: the page of a list or a conversation, and a reply to start with.
const OF_PAGE = ["before", "after", "around", "date", "reply"];

/** What `askFor` returns without a connection or a server, when no page of the site could be loaded. */
export const UNREACHABLE = undefined;

/** What `askFor` returns if the page doesn't exist, or the person may no longer see it. */
export const GONE = false;

const NO_SERVER = [502, 503, 504]; // what a proxy returns while a server restarts or is too busy

/** Remove the page from a query: "?lane=ours&before=…" becomes "?lane=ours". */
function filterOf(query) {
  const values = new URLSearchParams(query);
  for (const name of OF_PAGE) values.delete(name);
  return values.size ? `?${values}` : "";
}

/** Return the list's query from a URL. In a conversation's URL, the page isn't the list's. */
export function listAt({ pathname, search }) {
  return isConversation(pathname) ? filterOf(search) : search;
}

/** Return a conversation's URL with the filter of the list beside it. */
export function withFilter(address, query) {
  const target = new URL(address, location.href);
  for (const [name, value] of new URLSearchParams(filterOf(query))) target.searchParams.append(name, value);
  return target.href;
}

export function isConversation(pathname) {
  return /\/\d+\/$/.test(pathname);
}

/** Fetch a page as a document; null if there is no usable one for the page's person, or GONE, or UNREACHABLE. */
export async function askFor(address, signal) {
  const target = new URL(address);
  target.hash = "";
  const answer = await request(target.href, { headers: { Accept: "text/html" }, cache: "no-store", signal });
  if (NO_SERVER.includes(answer?.status)) return UNREACHABLE;
  // A 404 is a page too: it says that what a list filters by no longer exists.
  const text = answer?.ok || answer?.status === 404 ? await answer.text().catch(() => null) : null;
  if (!answer && !(session.live && navigator.onLine)) return UNREACHABLE;
  if (text === null) return null;
  const page = new DOMParser().parseFromString(text, "text/html");
  if (answer.status === 404 && !page.querySelector(".dashboard")) return GONE;
  const isOurs = page.body.dataset.user === String(session.user);
  const isSame = page.documentElement.lang === document.documentElement.lang;
  if (!isOurs || !isSame || !page.querySelector(".dashboard")) return null;
  // The parser runs no scripts, so it turns the contents of <noscript> into elements, such as the
  // picture that marks a conversation as read.
  for (const one of page.querySelectorAll("noscript")) one.remove();
  return page;
}
