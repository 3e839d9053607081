"""Times as text with a time zone; `local-time.js` converts them to the reader's."""

from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from babel.dates import format_date
from babel.units import format_unit
from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, to_locale

register = template.Library()

Kind = Literal["short", "time", "day", "when", "opening", "span"]


@register.filter
def in_words(at: datetime) -> str:
    """Format day, time and zone: `24 Nov 2026, 15:04 UTC`."""
    return _day_and_time(timezone.localtime(at))


@register.filter
def day(at: datetime) -> str:
    """Format a day: `24 Nov 2026`."""
    return _day(timezone.localtime(at))


@register.simple_tag
def moment(at: datetime | None, kind: Kind = "short", classes: str = "") -> SafeString:
    """Render a `<time>`, which scripts convert to the reader's zone and language.

    Args:
        at: the time, or nothing if a script will fill it in.
        kind: what to show: `time`, `day`, `short` (the time if it is today, otherwise the day),
            `when` (the time, and the day unless it is today), `opening` (the same with the weekday,
            for a future time), or `span` (how long ago it was: `2 hours`).
        classes: CSS classes of the element.
    """
    text, iso = "", ""
    if at:
        local = timezone.localtime(at)
        iso = at.isoformat()
        formats = {
            "day": _day_line,
            "time": _time,
            "opening": _opening,
            "span": _span,
            "short": _short,
        }
        text = formats.get(kind, _day_and_time)(local)
    # `format_html` would escape each part, which costs as much as all the rest. Only the text may
    # need escaping.
    parts = f'<time class="{classes}" datetime="{iso}" data-local="{kind}">{escape(text)}</time>'
    return mark_safe(parts)  # noqa: S308


@register.filter
def weekday_and_day(day: date) -> str:
    """Format a day with its weekday and year: `Friday, 25 December 2026`."""
    language = get_language() or "en"
    # Babel's plain English is American, which puts the month first.
    return format_date(day, "full", locale="en_GB" if language == "en" else to_locale(language))


def _opening(local: datetime) -> str:
    days = (local.date() - timezone.localdate()).days
    if not days:
        return _time(local)
    pattern = "EEEE" if 0 < days < 7 else "EEEE, d MMM"
    day = format_date(local.date(), pattern, locale=to_locale(get_language() or "en"))
    return f"{day}, {_time(local)}"


def _short(local: datetime) -> str:
    today = timezone.localdate()
    if local.date() == today:
        return _time(local)
    return _day_in(
        get_language() or "en", local.date(), "d MMM" if local.year == today.year else "d MMM y"
    )


def _span(local: datetime) -> str:
    minutes = int((timezone.now() - local).total_seconds()) // 60
    if minutes < 1:
        return gettext("under a minute")
    spans = {"day": minutes // 1440, "hour": minutes // 60, "minute": minutes}
    unit, number = next((unit, number) for unit, number in spans.items() if number)
    locale = to_locale(get_language() or "en")
    return format_unit(number, f"duration-{unit}", length="long", locale=locale)


def _day_and_time(local: datetime) -> str:
    return f"{_day(local)}, {_time(local)}"


def _day_line(local: datetime) -> str:
    days = (timezone.localdate() - local.date()).days
    return {0: gettext("Today"), 1: gettext("Yesterday")}.get(days) or _day(local)


def _day(local: datetime) -> str:
    return _day_in(get_language() or "en", local.date())


@lru_cache(maxsize=2000)  # a page of messages formats the same days again and again
def _day_in(language: str, day: date, pattern: str = "d MMM y") -> str:
    return format_date(day, pattern, locale=to_locale(language))


def _time(local: datetime) -> str:
    zone = local.tzname() or ""
    return f"{local.hour}:{local:%M} {zone if zone[:1].isalpha() else f'UTC{zone}'}"
