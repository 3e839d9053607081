"""The text of a message: what is accepted, and how it is shortened."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from trato.errors import Refused, when_shown
from trato.text import has_control_characters, is_blank

EXCERPT_CHARACTERS = 120


def normalize_body(body: str) -> str:
    """Return a message's text as it is stored: line breaks as `\n`, no surrounding whitespace."""
    # Not Django's `normalize_newlines`, which also handles lazy texts and takes as long as a whole
    # send.
    return body.replace("\r\n", "\n").replace("\r", "\n").strip()


def clean_body(body: str) -> str:
    """Return a message's text as it will be stored, see `normalize_body`.

    Raises:
        Refused: `invalid` for an empty text or one with control characters, `too_long` for more
            than `MESSAGE_MAX_CHARACTERS` code points.
    """
    return clean_text(
        body,
        settings.MESSAGE_MAX_CHARACTERS,
        _("A message can have at most %(limit)s characters; this one has %(length)s."),
    )


def clean_text(body: str, limit: int, too_long: str | Promise) -> str:
    """Like `clean_body`, with another limit in code points and another error for longer texts."""
    text = normalize_body(body)
    length = len(text)
    if length > limit:
        values = {"limit": limit, "length": length}
        raise Refused("too_long", when_shown(lambda: too_long % values))
    if has_control_characters(text, allowed="\n\t"):
        raise Refused("invalid", _("The message contains characters that can't be shown."))
    if is_blank(text):
        raise Refused("invalid", _("Write something first."))
    return text


def excerpt(body: str) -> str:
    """Return the beginning of a message on one line."""
    line = " ".join(body.split())
    return line if len(line) <= EXCERPT_CHARACTERS else Truncator(line).chars(EXCERPT_CHARACTERS)
