// Links in messages: the same patterns as in messaging/templatetags/message_text.py, which explains
// them. A test compares both.
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

/** Return host, port and path; empty if it isn't clearly the address of a public host. */
export function shownAddress(address) {
  const [, host, top, port = "", rest = ""] = ADDRESS.exec(address) ?? [];
  if (!host || NOT_PUBLIC.has(top.toLowerCase()) || host.length > SHOWN_CHARACTERS) return "";
  const shown = host.toLowerCase() + port + (rest === "/" ? "" : rest);
  return shown.length <= SHOWN_CHARACTERS ? shown : `${shown.slice(0, SHOWN_CHARACTERS - 1)}…`;
}

/** Return a text as nodes, with clickable http and https links. */
export function linkify(text) {
  const nodes = document.createDocumentFragment();
  let position = 0;
  for (const candidate of text.matchAll(CANDIDATE)) {
    let end = candidate[2].length;
    while (TRAILING.includes(candidate[2][end - 1])) end -= 1;
    const address = candidate[2].slice(0, end);
    const shown = shownAddress(address);
    if (!shown) continue;
    const start = candidate.index + candidate[1].length;
    const link = document.createElement("a");
    link.href = address;
    link.rel = "noopener nofollow ugc";
    link.target = "_blank";
    link.dir = "ltr";
    link.textContent = shown;
    nodes.append(text.slice(position, start), link);
    position = start + address.length;
  }
  nodes.append(text.slice(position));
  return nodes;
}
