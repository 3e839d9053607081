"""Patterns written by staff: RE2, so that none can hang a send, and small enough to be fast."""

from collections.abc import Iterable, Iterator
from typing import Any

import re2
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# A pattern that matches both of these, or an empty text, would stop nearly every message.
HARMLESS = ("Hello, is this still available?", "Hola, ¿tenéis más en azul?")


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True  # a quarter faster, and nothing uses groups
    options.max_mem = settings.SHIELD_PATTERNS_MAX_BYTES
    return options


def compiled(pattern: str) -> Any:
    """Compile a pattern for the UTF-8 of a text.

    Raises:
        re2.error: it isn't an RE2 pattern, or takes too much memory.
    """
    return re2.compile(pattern.encode(), _options())


def combined(patterns: Iterable[str]) -> Any:
    """Return one pattern that matches wherever a given pattern does; None if none is given."""
    parts = [f"(?:{pattern})" for pattern in patterns]
    return compiled("|".join(parts)) if parts else None


def spans(pattern: Any, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a compiled pattern matches, as offsets of characters."""
    data = text.encode("utf-8", "replace")
    for match in pattern.finditer(data):
        start, end = (len(data[:offset].decode("utf-8", "replace")) for offset in match.span())
        if end > start:
            yield start, end


def check(pattern: str, others: list[str]) -> None:
    """Check a pattern that is about to be saved.

    Args:
        others: the patterns of the other rules.

    Raises:
        ValidationError: the pattern can't be used; the message says why.
    """
    if len(others) >= settings.SHIELD_PATTERNS_MAX:
        text = _("There are %(count)s patterns already. Change one of those instead.")
        raise ValidationError(text % {"count": len(others)})
    try:
        program = compiled(pattern)
    except re2.error as error:
        why = error.args[0] if error.args else ""
        reason = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        text = _("That is no RE2 pattern: %(reason)s")
        raise ValidationError(text % {"reason": reason}) from error
    size = program.programsize
    if size > settings.SHIELD_PATTERN_MAX_SIZE:
        text = _(
            "That pattern is too costly: %(size)s steps, and at most %(limit)s are allowed. Use "
            "smaller repetitions."
        )
        raise ValidationError(text % {"size": size, "limit": settings.SHIELD_PATTERN_MAX_SIZE})
    if program.search(b"") or all(program.search(text.encode()) for text in HARMLESS):
        raise ValidationError(
            _("That pattern matches any message, even an empty one or a simple question.")
        )
    try:
        combined([*others, pattern])
    except re2.error as error:
        text = _("All patterns together are too costly. Shorten this one, or an older one.")
        raise ValidationError(text) from error
