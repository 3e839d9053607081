"""How people are drawn where they have no picture."""

import zlib

from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word: `LR` for Lucía Romero."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))


@register.filter
def hue(name: str) -> int:
    """One of eight colours, always the same for a name."""
    return zlib.crc32(name.encode()) % 8
