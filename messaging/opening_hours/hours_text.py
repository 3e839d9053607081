"""A day's hours as people type them: `9:00–13:00, 16–20` or `18:00–2:00`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from .schedule import MINUTES_PER_DAY, Span

LATEST_AFTER_MIDNIGHT = 6 * 60  # minutes; later ends are typing mistakes
ONE, THIRTEEN = 60, 13 * 60  # minutes; between them, a time without am or pm may be either
WORDS_SHOWN = 40  # characters of wrong hours that the error repeats

DASH = r"\s*(?:[-‐‑‒–—−]|to|until|a|hasta)\s*"
TIME = r"[0-9]{1,2}(?:\s*[:.h]\s*[0-9]{2}|\s*h)?\s*(?:[ap]\.?\s?m\.?)?"
SPAN = re.compile(rf"({TIME}){DASH}({TIME})", re.IGNORECASE)
PARTS = re.compile(r"([0-9]{1,2})(?:\s*[:.h]\s*([0-9]{2}))?\s*h?\s*([ap])?", re.IGNORECASE)
CLOSED = {"", "-", "–", "closed", "cerrado", "off"}


def parse_hours(text: str) -> tuple[Span, ...]:
    """Parse the hours of one day, in order; none if the text says that the shop is closed.

    Raises:
        ValidationError: the text isn't understood or has too many spans, a time doesn't exist, or
            hours end before they start or overlap.
    """
    if text.strip().lower() in CLOSED:
        return ()
    spans = sorted(_spans(text))
    if len(spans) > settings.OPENING_SPANS_PER_DAY:
        raise ValidationError(
            _("At most %(number)s spans a day.") % {"number": settings.OPENING_SPANS_PER_DAY}
        )
    for one, other in pairwise(spans):
        if other.start < one.end:
            raise ValidationError(
                _("%(one)s and %(other)s overlap.")
                % {"one": format_span(one), "other": format_span(other)}
            )
    return tuple(spans)


def format_hours(spans: tuple[Span, ...]) -> str:
    """Format the hours of one day so that `parse_hours` parses the same."""
    return ", ".join(map(format_span, spans))


def format_span(span: Span) -> str:
    start, end = span.start, span.end
    if end > MINUTES_PER_DAY:
        end -= MINUTES_PER_DAY
    one = format_time(start) + (" am" if _is_unclear(start, end) else "")
    other = format_time(end) + (" am" if _is_unclear(end, start) else "")
    return f"{one}–{other}"


def format_time(minutes: int) -> str:
    """Format a time of day; 24:00 is the day's end, and two hours after that is 2:00."""
    if minutes > MINUTES_PER_DAY:
        minutes -= MINUTES_PER_DAY
    return f"{minutes // 60}:{minutes % 60:02}"


def _spans(text: str) -> Iterator[Span]:
    for part in re.split(r"[,;/\n]|\s[y&]\s|\sand\s", text):
        words = part.strip()
        match = SPAN.fullmatch(words)
        if match is None:
            raise ValidationError(
                _("We don't understand “%(words)s”. Write hours like 9:00–13:00, 16:00–20:00.")
                % {"words": Truncator(words).chars(WORDS_SHOWN)}
            )
        start, end = map(_minutes, match.groups())
        halves = [bool(_parts(text)[2]) for text in match.groups()]
        _require_clear(words, (start, end), halves)
        if start >= MINUTES_PER_DAY:
            raise ValidationError(_("Hours can't start at 24:00. Write 0:00 on the next day."))
        if end <= start:
            if end > LATEST_AFTER_MIDNIGHT or end == start:
                raise ValidationError(
                    _("%(words)s ends before it starts. After midnight, 6:00 is the latest end.")
                    % {"words": words}
                )
            end += MINUTES_PER_DAY
        yield Span(start, end)


def _require_clear(words: str, times: tuple[int, int], halves: list[bool]) -> None:
    """Refuse `9–5`, which is eight hours to some people and twenty by the 24-hour clock."""
    start, end = times
    ends = ((start, end, *halves), (end, start, *reversed(halves)))
    for time, other, has_half, other_has_half in ends:
        if not has_half and (_is_unclear(time, other) or (other_has_half and _is_small(time))):
            raise ValidationError(
                _(
                    "“%(words)s” can be read in two ways. Write it like 9:00–17:00, or with am "
                    "and pm."
                )
                % {"words": words}
            )


def _is_unclear(time: int, other: int) -> bool:
    """Whether a time may be in the afternoon: the other one doesn't show a 24-hour clock either."""
    return _is_small(time) and ONE <= other < THIRTEEN


def _is_small(time: int) -> bool:
    return ONE <= time <= LATEST_AFTER_MIDNIGHT


def _parts(words: str) -> tuple[str, str | None, str | None]:
    match = PARTS.match(words)
    hour, minute, half = match.groups() if match else ("99", None, None)
    return hour, minute, half


def _minutes(words: str) -> int:
    hour, minute, half = _parts(words)
    hours, minutes = int(hour), int(minute or 0)
    if half:
        hours = hours % 12 + 12 * (half.lower() == "p") if 1 <= hours <= 12 else 99
    if minutes > 59 or hours * 60 + minutes > MINUTES_PER_DAY:
        raise ValidationError(_("There is no time %(words)s.") % {"words": words.strip()})
    return hours * 60 + minutes
