// Links in messages: the same rule as messaging/templatetags/message_text.py.
const LINK = /https?:\/\/[^\s<>"'`\\^{}|]+/gi;
const TRAILING = /[.,;:!?)\]}'"…»”’]+$/;
const SHOWN_CHARACTERS = 60;

/** Host and path, the host as the browser spells it; empty if it should be no link. */
export function shownAddress(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return "";
  }
  const authority = address.replace(/^https?:\/\//i, "").split(/[/?#]/)[0];
  if (authority.includes("@") || !/^[a-z0-9.-]+$/.test(url.hostname)) return "";
  const rest = url.pathname + url.search;
  const shown = [...(url.host + (rest === "/" ? "" : rest))];
  return shown.length <= SHOWN_CHARACTERS
    ? shown.join("")
    : `${shown.slice(0, SHOWN_CHARACTERS - 1).join("")}…`;
}

/** Text as nodes, its http and https links made clickable. */
export function linkify(text) {
  const nodes = document.createDocumentFragment();
  let position = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(TRAILING, "");
    const shown = shownAddress(address);
    if (!shown) continue;
    const link = document.createElement("a");
    link.href = address;
    link.rel = "noopener nofollow ugc";
    link.target = "_blank";
    link.textContent = shown;
    nodes.append(text.slice(position, found.index), link);
    position = found.index + address.length;
  }
  nodes.append(text.slice(position));
  return nodes;
}
