"""Browser names that people recognise."""

from django import template

register = template.Library()

# Substrings of user agents, the most specific first: Edge also says Chrome, and Chrome Safari.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "", "Chrome": "", "Safari": ""}
SYSTEMS = {"iPhone": "", "iPad": "", "Android": "", "Windows": "", "Mac OS X": "macOS", "Linux": ""}


@register.filter
def browser(user_agent: str) -> str:
    """Return the usual name of a browser and its system: `Firefox · Windows`."""
    return known_browser(user_agent) or user_agent[:60]


def known_browser(user_agent: str) -> str:
    """Return the same name as `browser`, or an empty string for an unknown browser."""
    known = (
        next((name or word for word, name in words.items() if word in user_agent), "")
        for words in (BROWSERS, SYSTEMS)
    )
    return " · ".join(filter(None, known))
