"""Links in messages.

Two programs draw them: this one in pages, `static/js/messaging/thread/links.js` in the browser.
Neither asks a parser of addresses, because no two of these agree, and a link would show one host
and open another. What becomes a link is what these patterns know, the same in both programs; a
test compares the patterns, and what both make of hostile texts.
"""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

register = template.Library()

# From a scheme that does not go on from a word to the next space, quotation mark or bracket.
CANDIDATE = re.compile(
    r"(^|[^A-Za-z0-9+.@\/\\_%&#?~=\-])([Hh][Tt][Tt][Pp][Ss]?:\/\/[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff<>\"«»“”]+)"
)
TRAILING = ".,;:!?)]}'…’。，、！？）」"  # belongs to the sentence around an address
# A host by its name in ASCII, as the domain name system has it: no numbers, which are addresses,
# and no other letters, nor the `xn--` that stands for them, which each program spells in its way.
# Then a port, then what may follow in ASCII, and letters of scripts that are written from the left.
ADDRESS = re.compile(
    r"^[A-Za-z]+:\/\/((?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}))(:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?([\/?#][A-Za-z0-9\-._~:\/?#\[\]@!$&'()*+,;=%\u00c0-\u024f\u0370-\u037d\u0384-\u03ff\u0400-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*)?$",
    re.ASCII,
)
# Top-level names that no public registry gives out (RFC 2606, 6761, 6762, 7686 and 9476, ICANN's
# list of collisions): what they open is on the reader's own network or machine, or nothing.
NOT_PUBLIC = {
    "alt", "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local",
    "localdomain", "localhost", "mail", "onion", "private", "test",
}  # fmt: skip
SHOWN_CHARACTERS = 60  # of a link; a longer host is no link, because its end must be seen


@register.filter
def linkify(text: str) -> SafeString:
    """Message text with its http and https links made clickable; all else is escaped.

    What is shown begins with the host that the link really leads to.
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
    """`truncatechars`, which takes its time also over a text that is short enough."""
    return text if len(text) <= characters else Truncator(text).chars(characters)


def shown_address(address: str) -> str:
    """Host, port and path of a link; empty if it is not plainly the address of a public host."""
    parts = ADDRESS.fullmatch(address)
    if parts is None or parts[2].lower() in NOT_PUBLIC or len(parts[1]) > SHOWN_CHARACTERS:
        return ""
    rest = parts[4] or ""
    shown = parts[1].lower() + (parts[3] or "") + ("" if rest == "/" else rest)
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[: SHOWN_CHARACTERS - 1]}…"
