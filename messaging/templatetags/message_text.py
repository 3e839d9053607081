"""Links in messages: the same rule as `static/js/links.js`; both are tested on one list."""

import re
from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

LINK = re.compile(r"https?://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)
TRAILING = ".,;:!?)]}'\"…»”’"
SHOWN_CHARACTERS = 60


@register.filter
def linkify(text: str) -> SafeString:
    """Message text with its http and https links made clickable; all else is escaped.

    What is shown begins with the host that the link really leads to.
    """
    parts: list[SafeString] = []
    position = 0
    for found in LINK.finditer(text):
        address = found.group().rstrip(TRAILING)
        shown = shown_address(address)
        if shown:
            parts.append(format_html("{}", text[position : found.start()]))
            parts.append(
                format_html(
                    '<a href="{}" rel="noopener nofollow ugc" target="_blank">{}</a>',
                    address,
                    shown,
                )
            )
            position = found.start() + len(address)
    parts.append(format_html("{}", text[position:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def shown_address(address: str) -> str:
    """Host and path of a link, the host as browsers spell it; empty if it should be no link.

    A name before the host (`https://bank.example@evil.example`) is there to mislead.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    if not host or "@" in parts.netloc or not re.fullmatch(r"[a-z0-9.-]+", host):
        return ""
    rest = parts.path + (f"?{parts.query}" if parts.query else "")
    shown = host + port + ("" if rest == "/" else rest)
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[: SHOWN_CHARACTERS - 1]}…"
