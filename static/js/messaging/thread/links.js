// Links in messages: the same patterns as in messaging/shield/addresses.py, which explains them. A test
// compares the two.
import { fill, gettext } from "trato/text";

const CANDIDATE =
  /(^|[^A-Za-z0-9+.@\/\\_%&#?~=\-])([Hh][Tt][Tt][Pp][Ss]?:\/\/[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff<>\"«»“”]+)/g;
const TRAILING = ".,;:!?)]}'…’。，、！？）」";
const ADDRESS =
  /^[A-Za-z]+:\/\/((?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}))(:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?([\/?#][A-Za-z0-9\-._~:\/?#\[\]@!$&'()*+,;=%\u00c0-\u024f\u0370-\u037d\u0384-\u03ff\u0400-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*)?$/;
const NOT_PUBLIC = new Set([
  ...["alt", "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local"],
  ...["localdomain", "localhost", "mail", "onion", "private", "test"],
]);
const SHOWN_CHARACTERS = 60;

/** Return host, port and path; an empty text if this isn't clearly the URL of a public host. */
function shownAddress(address) {
  const [, host, top, port = "", rest = ""] = ADDRESS.exec(address) ?? [];
  if (!host || NOT_PUBLIC.has(top.toLowerCase()) || host.length > SHOWN_CHARACTERS) return "";
  const shown = host.toLowerCase() + port + (rest === "/" ? "" : rest);
  return shown.length <= SHOWN_CHARACTERS ? shown : `${shown.slice(0, SHOWN_CHARACTERS - 1)}…`;
}

/**
 * Return a text as nodes, with clickable http and https links. `remarks`: the server's remarks about links
 * that aren't plain, each with the link's number. `address`: the message's, for the page before such a link.
 */
export function linkify(text, remarks = [], address = "") {
  const nodes = document.createDocumentFragment();
  let position = 0;
  let place = -1;
  for (const candidate of text.matchAll(CANDIDATE)) {
    place += 1;
    let end = candidate[2].length;
    while (TRAILING.includes(candidate[2][end - 1])) end -= 1;
    const written = candidate[2].slice(0, end);
    const remark = remarks.find((one) => one.place === place);
    const shown = remark ? remark.shown : shownAddress(written);
    let href = remark ? remark.address : written;
    if (href && remark?.action === "warn") href = address && `${address}links/${place}/`;
    if (!shown || !href) continue;
    const start = candidate.index + candidate[1].length;
    const link = document.createElement("a");
    link.href = href;
    link.rel = "noopener noreferrer nofollow ugc";
    link.target = "_blank";
    link.dir = "ltr";
    link.textContent = shown;
    nodes.append(text.slice(position, start), link);
    position = start + written.length;
  }
  nodes.append(text.slice(position));
  return nodes;
}

/** Show the remarks about a message's links below it, as messaging/links/_remarks.html does. */
export function drawRemarks(list, body, remarks = [], sequence = "") {
  const lines = remarks.flatMap(({ place: number, host, leads, like, action }) => {
    const isCode = number < 0;
    const blocked = gettext("Our staff have blocked %(host)s, so the link doesn't open.");
    const texts = [];
    if (isCode) texts.push(fill(gettext("A QR code in the picture leads to %(host)s."), { host: leads }));
    if (isCode && action === "block") {
      texts.push(fill(gettext("Our staff have blocked %(host)s. Don't scan the code."), { host }));
    } else if (action === "block") texts.push(fill(blocked, { host }));
    else if (leads && leads !== host) {
      const mixed = gettext("%(host)s mixes letters of several alphabets. It is really %(real)s.");
      texts.push(fill(mixed, { host, real: leads }));
    } else if (leads && !isCode) texts.push(fill(gettext("The address leads to %(host)s."), { host: leads }));
    if (like) texts.push(fill(gettext("%(host)s looks like %(like)s, but it is another site."), { host, like }));
    if (action === "warn") texts.push(fill(gettext("Be careful with %(host)s."), { host }));
    return texts;
  });
  list.hidden = !lines.length;
  list.id = lines.length ? `links-${sequence}` : "";
  if (lines.length) for (const link of body.querySelectorAll("a")) link.setAttribute("aria-describedby", list.id);
  list.replaceChildren(...lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
}
