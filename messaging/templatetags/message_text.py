"""Links in messages.

Two programs render them: this one in pages, `static/js/messaging/thread/links.js` in the browser.
Neither uses a URL parser, because no two parsers agree, so a link might show one host and open
another. Only what matches these patterns becomes a link. Both programs have the same patterns; a
test compares them, and their output for hostile texts.
"""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

register = template.Library()

# From a scheme at the beginning of a word to the next space, quotation mark or bracket.
CANDIDATE = re.compile(
    r"(^|[^A-Za-z0-9+.@\/\\_%&#?~=\-])([Hh][Tt][Tt][Pp][Ss]?:\/\/[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff<>\"«»“”]+)"
)
TRAILING = ".,;:!?)]}'…’。，、！？）」"  # belongs to the sentence around the address
# A host name in ASCII: no IP address, and no internationalized name or its `xn--` form, which
# programs display in different ways. Then a port, then any ASCII that may follow, and letters of
# scripts that are written from left to right.
ADDRESS = re.compile(
    r"^[A-Za-z]+:\/\/((?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}))(:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?([\/?#][A-Za-z0-9\-._~:\/?#\[\]@!$&'()*+,;=%\u00c0-\u024f\u0370-\u037d\u0384-\u03ff\u0400-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*)?$",
    re.ASCII,
)
# Top-level names that no public registry gives out (RFC 2606, 6761, 6762, 7686 and 9476, ICANN's
# list of collisions): they lead to the reader's own network or machine, or nowhere.
NOT_PUBLIC = {
    "alt", "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local",
    "localdomain", "localhost", "mail", "onion", "private", "test",
}  # fmt: skip
SHOWN_CHARACTERS = 60  # of a link; a longer host is not linked, because readers must see its end


@register.filter
def linkify(text: str) -> SafeString:
    """Make http and https links in a message's text clickable, and escape everything else.

    A link's text begins with the host that it really leads to.
    """
    if "://" not in text:
        return format_html("{}", text)
    parts: list[SafeString] = []
    position = 0
    for candidate in CANDIDATE.finditer(text):
        address = candidate[2].rstrip(TRAILING)
        shown = shown_address(address)
        if shown:
            parts.append(format_html("{}", text[position : candidate.start(2)]))
            parts.append(
                format_html(
                    '<a href="{}" rel="noopener nofollow ugc" target="_blank" dir="ltr">{}</a>',
                    address,
                    shown,
                )
            )
            position = candidate.start(2) + len(address)
    parts.append(format_html("{}", text[position:]))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def beginning(text: str, characters: int) -> str:
    """`truncatechars`, which is slow even for a text that is short enough."""
    return text if len(text) <= characters else Truncator(text).chars(characters)


def shown_address(address: str) -> str:
    """Return host, port and path of a link; empty if it isn't clearly that of a public host."""
    parts = ADDRESS.fullmatch(address)
    if parts is None or parts[2].lower() in NOT_PUBLIC or len(parts[1]) > SHOWN_CHARACTERS:
        return ""
    rest = parts[4] or ""
    shown = parts[1].lower() + (parts[3] or "") + ("" if rest == "/" else rest)
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[: SHOWN_CHARACTERS - 1]}…"
