"""Links and bare host names, even in disguise: `shop punto com`, `hxxps://`, `shop [.] com`."""

import re
from urllib.parse import urlsplit

from linkify_it import LinkifyIt

from .findings import Finding, Kind
from .folding import Folded
from .hosts import FILES, MESSENGERS, ORDINARY, PAYMENTS, SHORTENERS, WORDS, is_own, registered
from .spelled import WORDS as NUMERALS

WORD_MAX = 300  # characters of a word that is searched for a link; longer ones are cut
WORD = re.compile(rf"[^\s<>\"]{{4,{WORD_MAX}}}")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?"
BARE = re.compile(
    rf"(?<![a-z0-9@._-])(?:{LABEL}\.){{1,5}}[a-z][a-z0-9-]{{1,20}}(?![a-z0-9@_-])(?::\d{{2,5}})?(?:[/?#][^\s<>\"]{{0,200}})?"
)
COMMON = (
    r"(?:com?|net|org|es|io|me|shop|store|online|app|info|eu|mx|ar|cl|pe|uk|us|web|site|tienda|"
    r"page|link|ly|gg|tv|cat|biz|xyz|dev|club)"
)
DOT = (
    r"(?:\s?[(\[{<*_~-]{1,2}\s?(?:dot|punto|pto|\.)\s?[)\]}>*_~-]{1,2}\s?|\s(?:dot|punto|pto|"
    r"dto?t)\s|\s\.\s?)"
)
DISGUISED = re.compile(
    rf"(?<![a-z0-9@])(?:(?:www|triple ?w|uve doble uve doble uve doble)(?:\.|{DOT}|"
    rf"\s))?({LABEL})(?:{DOT}|\.)(?:({LABEL})(?:{DOT}|\.))?({COMMON})(?![a-z0-9@-])(?:\s?(?:/|"
    rf"slash|barra)\s?[a-z0-9/_-]{{1,60}})?"
)
OTHERWISE = re.compile(
    rf"(?<![a-z0-9])(?:h..ps?\s?:\s?/\s?/\s?[^\s]{{3,200}}(?:\s?\.\s?[a-z]{{2,10}})?"
    rf"|www\s?[.,\s]\s?{LABEL}(?:\s?[.,\s]\s?{COMMON})(?![a-z0-9])"
    rf"|(?:bit|cutt|is|rb|tinyurl|ow|goo)[ ,.](?:ly|gd|gy|com|gl)\s?/\s?[a-z0-9]{{2,40}}"
    rf"|{LABEL},\s?com(?![a-z0-9])"
    rf"|{LABEL}\.\s(?:com|net|org)(?![a-z0-9])"
    rf"|[a-z0-9]{{3,40}}puntocom(?![a-z0-9])|[a-z0-9]{{3,40}}dotcom(?![a-z0-9]))"
)
# `shop . co m`, `shop punto c om`, `shop.c0m`
SPLIT_END = re.compile(
    r"(?:\s?\.|\s(?:dot|punto)\s)\s?(?:c\s?0\s?m|c\so\s?m|co\sm|n\se\s?t|ne\st|o\sr\s?g|or\sg|e\ss)(?![a-z0-9])"
)
LABEL_BEFORE = re.compile(r"[a-z0-9-]{2,40}$")
CUE = re.compile(
    r"(?:\b(?:web|pagina|page|site|website|visit\w{0,2}|tienda|store|shop|url|link|enlace|"
    r"mira\w{0,2}|check|busca\w{0,2}|entra\w{0,3}|go to|see|en|at|on|from|com|es)\s?(?:es|is|:|en|"
    r"de)?\s?)$"
)
WEB = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


def links(view: Folded) -> list[Finding]:
    """Return the links in a folded text, including the site's own, which have the rule `own`."""
    text = view.text
    findings: list[Finding] = []
    if "//" in text:
        for word in WORD.finditer(text):
            if "//" in word[0]:
                for link in WEB.match(word[0]) or ():
                    start = word.start() + link.index
                    end = word.start() + link.last_index
                    findings.append(_finding(view, start, end, _host(link.url), "link"))
    if "." in text:
        for match in BARE.finditer(text):
            host = re.split(r"[/?#:]", match[0], maxsplit=1)[0]
            kept = _real(host, match[0] != host, text, match.start(), match.end())
            if kept:
                cut = match.end() if kept == host else match.start() + len(kept)
                findings.append(_finding(view, match.start(), cut, kept, "domain"))
    for match in DISGUISED.finditer(text):
        labels = [one for one in match.groups() if one]
        if _is_meant(match, labels, text):
            host = ".".join(labels)
            findings.append(_finding(view, match.start(), match.end(), host, "spelled-link"))
    for match in OTHERWISE.finditer(text):
        if match[0].partition(",")[0] not in ORDINARY and not _is_number(match[0]):
            host = _host(re.sub(r"\s|^h..p", lambda m: "http" if m[0][0] == "h" else "", match[0]))
            findings.append(_finding(view, match.start(), match.end(), host, "disguised-link"))
    return findings + _split(view)


def _split(view: Folded) -> list[Finding]:
    """Return the links whose ending is split up: `shop . co m`."""
    text, findings = view.text, []
    for end in SPLIT_END.finditer(text):
        label = LABEL_BEFORE.search(text, max(0, end.start() - 41), end.start())
        if label and label[0] not in ORDINARY and re.search("[a-z]", label[0]):
            host = label[0] + re.sub(r"\s|dot|punto", "", end[0]).replace("0", "o")
            host = host if "." in host else re.sub("(com|net|org|es)$", r".\1", host)
            findings.append(_finding(view, label.start(), end.end(), host, "split-link"))
    return findings


def _finding(view: Folded, start: int, end: int, host: str, rule: str) -> Finding:
    name = registered(host)[0] or host
    kind: Kind = "link"
    if is_own(host):
        rule = "own"
    elif name in SHORTENERS or host in SHORTENERS:
        rule = "shortener"
    elif name in MESSENGERS or host in MESSENGERS:
        kind, rule = "messenger", "messenger-link"
    elif name in PAYMENTS or host in PAYMENTS:
        kind, rule = "payment", "payment-link"
    return Finding(*view.span(start, end), kind, rule)


def _host(url: str) -> str:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:  # such as brackets without an address in them
        return ""


def _is_number(text: str) -> bool:
    return not re.search("[a-z]", text)


def _real(host: str, has_path: bool, text: str, start: int, end: int) -> str:
    """Return the part of a name that is a host, or nothing."""
    labels = host.split(".")
    if is_own(host):
        return host
    if re.match(r"#\d{4}(?!\d)", text[start + len(host) : end]):
        return ""  # a Discord handle
    while len(labels) > 1:
        candidate = ".".join(labels)
        name, suffix = registered(candidate)
        if name and _is_link(labels, suffix, has_path, text, start, end):
            return candidate
        labels.pop()
        has_path = False
    return ""


def _is_link(
    labels: list[str], suffix: str, has_path: bool, text: str, start: int, end: int
) -> bool:
    label, last = labels[-2], labels[-1]
    if all(one in NUMERALS for one in labels[:-1]) and labels[-1] in NUMERALS:
        return False  # `seis.uno.dos`
    if not re.search("[a-z]", "".join(labels[:-1])) or (len(label) == 1 and not has_path):
        return False
    if (
        labels[0] == "www"
        or has_path
        or ".".join(labels[-2:]) in SHORTENERS | MESSENGERS | PAYMENTS
    ):
        return True
    if last in FILES and last != "app":
        return False
    if f"{label}.{last}" in ("asp.net", "node.js"):
        return False
    if last in WORDS:
        if label in ORDINARY:
            return False
        # A sentence that goes on: `muy bonito.es de piel`.
        goes_on = re.match(r"\s[a-z]{2,}", text[end : end + 12])
        is_named = CUE.search(text[max(0, start - 20) : start])
        return (
            bool(is_named) or not goes_on or "-" in label or label[-1].isdigit() or len(labels) > 2
        )
    if label in ORDINARY:
        return last in ("com", "net", "org") or bool(CUE.search(text[max(0, start - 20) : start]))
    return True


def _is_meant(match: re.Match[str], labels: list[str], text: str) -> bool:
    written, last, label = match[0], labels[-1], labels[-2]
    host = ".".join(labels[-2:])
    if "www" in written or "triple" in written or host in SHORTENERS | MESSENGERS | PAYMENTS:
        return True
    if re.fullmatch(rf"{LABEL}(?:\.{LABEL}){{1,2}}", written.partition("/")[0]):
        return False  # a bare name, which has its own rules
    if not re.search("[a-z]", label) or label in ORDINARY or len(label) < 2:
        return False
    if last in WORDS or last in ("co", "web", "page", "link", "tienda", "store", "shop", "app"):
        follows = text[match.end() : match.end() + 10]
        is_marked = bool(re.search(r"[(\[{<]|\bdot\b", written))
        return is_marked or (
            re.match(r"\s?(?:[.,;:!?)]|$|\n|y |para |and |or |o )", follows) is not None
            and not re.match(r"\S+\s?\.\s", written)
        )
    return True
