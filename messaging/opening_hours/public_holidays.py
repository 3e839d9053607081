"""The public holidays of a country, from the package `holidays`."""

from datetime import date, timedelta
from functools import lru_cache

import holidays
from babel import Locale
from babel.core import get_global
from django.utils.translation import to_locale

from trato.text import folded

COMING_YEAR = timedelta(days=365)


@lru_cache(maxsize=8)
def countries(language: str) -> list[tuple[str, str]]:
    """Return the codes and names of the countries whose holidays we know, sorted by name."""
    names = Locale.parse(to_locale(language)).territories
    known = [(code, names[code]) for code in holidays.list_supported_countries() if code in names]
    return sorted(known, key=lambda country: folded(country[1]))


def country_of(zone: str) -> str:
    """Return the code of the country that a time zone belongs to, or an empty string."""
    current = get_global("zone_aliases").get(zone, zone)  # Asia/Calcutta is Asia/Kolkata now
    return str(get_global("zone_territories").get(current, ""))


def public_holidays(country: str, start: date, language: str) -> dict[date, str]:
    """Return the days and names of a country's holidays in the year that begins on a day.

    Args:
        country: one of the codes of `countries`.
        language: of the names. If the package doesn't have it, they are in the country's own.
    """
    end = start + COMING_YEAR
    spoken = holidays.list_localized_countries().get(country, [])
    same = (one for one in spoken if one.split("_")[0] == language.split("-")[0])
    rows = holidays.country_holidays(
        country, years=range(start.year, end.year + 1), language=next(same, None)
    )
    return {day: name for day, name in sorted(rows.items()) if start <= day < end}
