"""URLs in a text: which of them become links, and where the others really lead.

Two programs render links: `templatetags.message_text` in pages, and
`static/js/messaging/thread/links.js` in the browser. Neither uses a URL parser, because no two
parsers agree, so a link might show one host and open another. Only what matches these patterns
becomes a link. Both programs have the same patterns; a test compares them, and their output for
hostile texts. Only the server runs `real`, and tells the browser the result.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import idna

# From a scheme at the beginning of a word to the next space, quotation mark or bracket.
CANDIDATE = re.compile(
    r"(^|[^A-Za-z0-9+.@\/\\_%&#?~=\-])([Hh][Tt][Tt][Pp][Ss]?:\/\/[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff<>\"«»“”]+)"
)
TRAILING = ".,;:!?)]}'…’。，、！？）」"  # belong to the sentence around the URL
# A host name in ASCII: no IP address, and no internationalized name or its `xn--` form, which
# programs display in different ways. Then a port, then any ASCII that may follow, and letters of
# left-to-right scripts.
ADDRESS = re.compile(
    r"^[A-Za-z]+:\/\/((?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}))(:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?([\/?#][A-Za-z0-9\-._~:\/?#\[\]@!$&'()*+,;=%\u00c0-\u024f\u0370-\u037d\u0384-\u03ff\u0400-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*)?$",
    re.ASCII,
)
# Top-level names that no public registry assigns (RFC 2606, 6761, 6762, 7686 and 9476, ICANN's list
# of collisions): they lead to the reader's own network or machine, or nowhere.
NOT_PUBLIC = {
    "alt", "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local",
    "localdomain", "localhost", "mail", "onion", "private", "test",
}  # fmt: skip
SHOWN_CHARACTERS = 60  # of a link; a longer host is not linked, because readers must see its end
# Like `ADDRESS`, but it allows the `xn--` form of internationalized names, which `real` makes and
# checks.
ENCODED = re.compile(
    ADDRESS.pattern.replace("(?![Xx][Nn]--)", "").replace(
        "([A-Za-z]{2,63})", r"([A-Za-z]{2,63}|xn--[a-z0-9\-]{1,59})"
    ),
    re.ASCII,
)
# The scheme, the part with user names and the host, and the rest. No backslashes, because programs
# disagree about them.
PARTS = re.compile(r"([A-Za-z]+://)([^/?#\\]*)((?:[/?#][^\\]*)?)")


class Address(NamedTuple):
    """A URL in a text, without the punctuation around it."""

    start: int
    written: str


class Real(NamedTuple):
    """The place to which a browser would go.

    Args:
        address: in ASCII up to the path, without names or passwords.
        host: in ASCII, without a trailing dot.
        is_dressed_up: whether something before the host could be mistaken for the host.
    """

    address: str
    host: str
    is_dressed_up: bool


def addresses(text: str) -> Iterator[Address]:
    """Yield the URLs that could become links, in order."""
    if "://" in text:
        for candidate in CANDIDATE.finditer(text):
            yield Address(candidate.start(2), candidate[2].rstrip(TRAILING))


def shown_address(address: str) -> str:
    """Return a link's host, port and path; empty if the host isn't clearly a public one."""
    parts = ADDRESS.fullmatch(address)
    if parts is None or parts[2].lower() in NOT_PUBLIC or len(parts[1]) > SHOWN_CHARACTERS:
        return ""
    rest = parts[4] or ""
    return shortened(parts[1].lower() + (parts[3] or "") + ("" if rest == "/" else rest))


def shortened(shown: str) -> str:
    """Return the beginning of a link, as long as a message shows it."""
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[: SHOWN_CHARACTERS - 1]}…"


def real(address: str) -> Real | None:
    """Return where a browser would go; None if the host isn't public, or if programs disagree."""
    parts = PARTS.fullmatch(address)
    if parts is None:
        return None
    scheme, authority, rest = parts.groups()
    user, at, place = authority.rpartition("@")
    name, colon, port = place.partition(":")
    host = ascii_host(name)
    bare = f"{scheme}{host}{colon}{port}{rest}"
    if not host or not ENCODED.fullmatch(bare):
        return None
    return Real(bare, host, bool(user or at))


def ascii_host(name: str) -> str:
    """Return a host as programs look it up, in lowercase; empty if it isn't a public host."""
    name = name.rstrip(".。．")
    try:
        host = name.lower() if name.isascii() else idna.encode(name, uts46=True).decode()
        if "xn--" in host:
            idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return ""
    parts = ENCODED.fullmatch(f"https://{host}")
    is_public = parts is not None and parts[1] == host and parts[2] not in NOT_PUBLIC
    return host if is_public else ""
