"""How people are drawn where they have no picture."""

import zlib

from django import template

register = template.Library()


# What a browser calls itself, the telling word first: Edge also says Chrome, and Chrome Safari.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "", "Chrome": "", "Safari": ""}
SYSTEMS = {"iPhone": "", "iPad": "", "Android": "", "Windows": "", "Mac OS X": "macOS", "Linux": ""}


@register.filter
def browser(user_agent: str) -> str:
    """A browser and its system as people name them: `Firefox · Windows`."""
    return known_browser(user_agent) or user_agent[:60]


def known_browser(user_agent: str) -> str:
    """The same, or nothing for a browser that calls itself something else."""
    known = (
        next((name or word for word, name in words.items() if word in user_agent), "")
        for words in (BROWSERS, SYSTEMS)
    )
    return " · ".join(filter(None, known))


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word: `LR` for Lucía Romero."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))


@register.filter
def hue(name: str) -> int:
    """One of eight colours, always the same for a name."""
    return zlib.crc32(name.encode()) % 8
