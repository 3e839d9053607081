// Pages of conversations and lists, fetched for their parts; and their addresses.
import { request } from "trato/api";
import { session } from "trato/session";

// Not of the filter: which page of a list or a conversation, and a reply to begin with.
const OF_PAGE = ["before", "after", "around", "date", "reply"];

/** What `askFor` returns without a connection or a server: then no page of the site could be loaded. */
export const UNREACHABLE = undefined;

const NO_SERVER = [502, 503, 504]; // what a proxy answers while a server restarts or is too busy

/** A filter without the page: "?lane=ours&before=…" is "?lane=ours". */
function filterOf(query) {
  const values = new URLSearchParams(query);
  for (const name of OF_PAGE) values.delete(name);
  return values.size ? `?${values}` : "";
}

/** The list's query at a place: in a conversation's address, the page is not the list's. */
export function listAt({ pathname, search }) {
  return isConversation(pathname) ? filterOf(search) : search;
}

/** A conversation's address with the filter of the list beside it. */
export function withFilter(address, query) {
  const target = new URL(address, location.href);
  for (const [name, value] of new URLSearchParams(filterOf(query))) target.searchParams.append(name, value);
  return target.href;
}

export function isConversation(pathname) {
  return /\/\d+\/$/.test(pathname);
}

/** Fetch a page as a document; null if there is no usable one for the page's person, or UNREACHABLE. */
export async function askFor(address, signal) {
  const target = new URL(address);
  target.hash = "";
  const answer = await request(target.href, { headers: { Accept: "text/html" }, cache: "no-store", signal });
  if (NO_SERVER.includes(answer?.status)) return UNREACHABLE;
  // What a list filters by may be gone: that page says so.
  const text = answer?.ok || answer?.status === 404 ? await answer.text().catch(() => null) : null;
  if (!answer && !(session.live && navigator.onLine)) return UNREACHABLE;
  if (text === null) return null;
  const page = new DOMParser().parseFromString(text, "text/html");
  const isOurs = page.body.dataset.user === String(session.user);
  const isSame = page.documentElement.lang === document.documentElement.lang;
  if (!isOurs || !isSame || !page.querySelector(".dashboard")) return null;
  // A parser without scripts reads as elements what is for browsers without: among it, the picture
  // that marks a conversation as read.
  for (const one of page.querySelectorAll("noscript")) one.remove();
  return page;
}
