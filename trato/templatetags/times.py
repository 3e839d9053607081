"""Points in time, as text that says its zone; `local-time.js` writes them in the reader's."""

from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from babel.dates import format_date
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

register = template.Library()

Kind = Literal["short", "time", "day"]


@register.filter
def in_words(at: datetime) -> str:
    """Day, time and zone: `24 Nov 2026, 15:04 UTC`."""
    return _day_and_time(timezone.localtime(at))


@register.simple_tag
def moment(at: datetime | None, kind: Kind = "short", classes: str = "") -> SafeString:
    """A `<time>`, which scripts write once more in the reader's zone and language.

    Args:
        at: empty where a script will fill it in.
        kind: what scripts show: `time`, `day`, or `short`: the time of today, else the day.
        classes: for the element.
    """
    text, iso = "", ""
    if at:
        local = timezone.localtime(at)
        iso = at.isoformat()
        text = {"day": _day, "time": _time, "short": _day_and_time}[kind](local)
    return format_html(
        '<time class="{}" datetime="{}" data-local="{}">{}</time>', classes, iso, kind, text
    )


def _day_and_time(local: datetime) -> str:
    return f"{_day(local)}, {_time(local)}"


def _day(local: datetime) -> str:
    return _day_in(get_language() or "en", local.date())


@lru_cache(maxsize=2000)  # a page of messages says the same day again and again
def _day_in(language: str, day: date) -> str:
    return format_date(day, "d MMM y", locale=to_locale(language))


def _time(local: datetime) -> str:
    zone = local.tzname() or ""
    return f"{local:%H:%M} {zone if zone[:1].isalpha() else f'UTC{zone}'}"
