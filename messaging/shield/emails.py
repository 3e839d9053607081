"""Email addresses, even in disguise: `juan arroba gmail punto com`, `ana (at) mail dot net`."""

import re

from .findings import Finding
from .folding import Folded
from .hosts import registered

OPEN, CLOSE = r"[(\[{<*_~|'\"-]{1,2}\s?", r"\s?[)\]}>*_~|'\"-]{1,2}"
AT = (
    rf"\s?(?:@|{OPEN}(?:@|at|a|arroba|en)\s?{CLOSE}|\b(?:arroba|arroba|aroba|arrova)\b|"
    rf"\bat sign\b|\bat the rate(?: of)?\b)\s?"
)
DOT_WORD = r"(?:dot|punto|pto|point|period|full stop)"
DOT = rf"(?:\s?\.\s?|\s?{OPEN}(?:dot|punto|pto|\.){CLOSE}\s?|\s{DOT_WORD}\s)"
JOIN = r"(?:\s(?:punto|dot|guion bajo|guion medio|guion|under ?score|barra baja|dash|hyphen)\s)"
LOCAL = rf"[a-z0-9][a-z0-9_.+%-]{{0,40}}(?:{JOIN}[a-z0-9_+-]{{1,40}}){{0,3}}"
LABEL = r"[a-z0-9][a-z0-9-]{0,40}"
PROVIDER = (
    r"(?:g ?mail|hot ?mail|outlook|yahoo|icloud|proton(?: ?mail)?|fastmail|posteo|zoho|live|gmx|"
    r"aol|msn|yandex|gemail|jmail|tutanota)"
)
SURE = re.compile(rf"(?<![a-z0-9]){LOCAL}{AT}{LABEL}(?:{DOT}{LABEL}){{1,3}}(?![a-z0-9])")
SPOKEN = re.compile(
    rf"(?<![a-z0-9]){LOCAL}\s(?:at|a|en|ad)\s{LABEL}(?:\s{DOT_WORD}\s|"
    rf"\s?{OPEN}(?:dot|punto|\.){CLOSE}\s?|\s?\.\s?)(?:com?|net|org|es|me|io|mx|ar|eu|uk|cl|info|"
    rf"fr|de|pt|it)(?![a-z0-9])"
)
AT_PROVIDER = re.compile(
    rf"(?<![a-z0-9]){LOCAL}(?:{AT}|\s(?:over )?(?:at|a|en|ad|de|on)\s(?:el |the )?)"
    rf"{PROVIDER}(?![a-z0-9])"
)
NAMED = re.compile(
    r"\b(?:my|mi|the|el|nuestro|our)\s(?:g ?mail|hotmail|outlook|yahoo|icloud|correo|e-?mail|"
    r"mail)\s?(?:address|electronico|personal)?\s?(?:es|is|'s|:|=)\s?"
    rf"(?=[a-z0-9_.+-]{{0,40}}[0-9_.+-][a-z0-9])([a-z][a-z0-9_.+-]{{3,40}})(?:\s(?:de|on|en|"
    rf"at)\s{PROVIDER})?"
    rf"|\b(?:g ?mail|hotmail|outlook|icloud)\s?:\s?[a-z0-9_.+-]{{4,40}}"
    rf"|"
    rf"(?<![a-z0-9])[a-z0-9_.+-]{{0,40}}[a-z][0-9_.+-]{{1,6}}[a-z0-9_.+-]{{0,40}}\s{PROVIDER}(?:{DOT}com)?(?![a-z0-9])"
    rf"|(?<![a-z0-9])[a-z0-9_.+-]{{2,40}}\s{PROVIDER}\scom(?![a-z0-9])"
    r"|\b(?:g ?mail|hotmail|outlook|icloud)\s(?:es|is)\s"
    r"(?=[a-z_.+-]{0,40}[0-9_.+-][a-z0-9])[a-z0-9_.+-]{4,40}"
)
GLUED = re.compile(
    r"[a-z0-9._-]{2,40}(?:arroba|\(at\)|\[at\])[a-z0-9]{2,30}(?:punto|dot|\.)(?:com|es|net|"
    r"org)(?![a-z])"
    r"|[a-z0-9._-]{2,40}at(?:gmail|hotmail|outlook|yahoo)dotcom\b"
)
# What each pattern requires at least: a quick search for it often makes the slow one unnecessary.
SIGN = re.compile(rf"@|arr?o[bv]a|at (?:sign|the rate)|{OPEN}(?:at|a|en)\s?{CLOSE}")
AT_WORD = re.compile(r"\s(?:at|a|en|ad)\s")
A_PROVIDER = re.compile(PROVIDER)
MAIL = re.compile(rf"{PROVIDER}|mail|correo")
GLUED_SIGN = re.compile(r"arroba|[(\[]at[)\]]|dotcom")
OTHERS = (
    (AT_WORD, SPOKEN, "spoken-email"),
    (A_PROVIDER, AT_PROVIDER, "provider"),
    (MAIL, NAMED, "named"),
    (GLUED_SIGN, GLUED, "glued-email"),
)
CUE = re.compile(
    r"\b(?:mail\w{0,3}|e-?mail\w{0,3}|correo\w?|escrib\w{0,6}|write|reach|contact\w{0,5}|"
    r"send (?:it|me|them)|manda\w{0,5}|envia\w{0,5}|soy|i'm|i am|me at|address|direccion|"
    r"find me)\b"
)
# Words before `at` or `en` that aren't the beginning of an address.
NO_LOCAL = frozenset(
    "it us me him her them see look page mail correo email e-mail emails correos cuenta account "
    "message mensaje that this bandeja inbox spam carpeta folder is are was be recibo recibido "
    "llega llego got received login signed sign in out up good working on off check checked shop "
    "store buy bought found sold meet pick arrive one them all here there factura invoice "
    "confirmation confirmacion esta estoy estan estaba ahi todo nada and or y o para de the el la "
    "los las un una su tu mi".split()
)
MAILBOXES = frozenset("info sales hello hola ventas contacto contact support soporte".split())
NO_MAIL = re.compile(
    r"\b(?:spam|inbox|bandeja|carpeta|folder|confirmation|confirmacion|filter|filtro)\b"
)


def emails(view: Folded) -> list[Finding]:
    """Return the email addresses in a folded text."""
    text = view.text
    findings = []
    for match in SURE.finditer(text) if SIGN.search(text) else ():
        end = _end_of_host(text, match.start(), match.end())
        if end:
            start = match.start()
            rule = "email" if re.search(r"\S@\S+\.\S", text[start:end]) else "disguised-email"
            findings.append(Finding(*view.span(start, end), "email", rule))
    for needed, pattern, rule in OTHERS:
        for match in pattern.finditer(text) if needed.search(text) else ():
            if not _is_only_place(rule, text, match):
                findings.append(Finding(*view.span(match.start(), match.end()), "email", rule))
    return findings


def _is_only_place(rule: str, text: str, match: re.Match[str]) -> bool:
    """Whether `at` may only mean a place: `photos at shop.com`, `in the spam at Gmail`."""
    if rule not in ("spoken-email", "provider") or re.search(r"@|arr?o[bv]a", match[0]):
        return False
    local = re.split(r"\s", match[0], maxsplit=1)[0].rstrip(".")
    host = re.split(r"\s(?:at|a|en|ad)\s", match[0])[-1]
    is_host = rule == "spoken-email" or re.match(rf"{DOT}com", text[match.end() :]) is not None
    is_known = is_host and re.match(PROVIDER, host) is not None
    if local not in NO_LOCAL and re.search(JOIN, match[0][: -len(host)]):
        return False
    return local in NO_LOCAL or not (is_known or _is_address(local, text, match))


def _is_address(local: str, text: str, match: re.Match[str]) -> bool:
    if (
        (local in MAILBOXES and " at " in match[0])
        or re.search(r"[0-9_.+]", local.rstrip("."))
        or re.search(r"[(\[{<'\"]\s?(?:at|a|en)\b", match[0])
    ):
        return True
    before = text[max(0, match.start() - 40) : match.start()]
    return bool(CUE.search(before)) and not NO_MAIL.search(before)


def _end_of_host(text: str, start: int, end: int) -> int:
    """Return the end of the longest real host after the sign; 0 if there is none."""
    written = text[start:end]
    after = re.search(AT + rf"(?={LABEL}{DOT})", written)
    if after is None:
        return 0
    position = after.end()
    host, last = "", 0
    for part in re.finditer(rf"({LABEL})({DOT})?", written[position:]):
        host = f"{host}.{part[1]}" if host else part[1]
        if "." in host and (registered(host)[0] or host.endswith((".local", ".test", ".example"))):
            last = start + position + part.start() + len(part[1])
        if part[2] is None:
            break
    return last
