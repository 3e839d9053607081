"""Browsers by the names that people know."""

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
