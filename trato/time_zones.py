"""Time zones by their IANA names."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

BROWSER_COOKIE = "timezone"  # set by a script
CHOSEN_COOKIE = "timezone_chosen"  # a person's own choice, which comes first

# No place uses the other areas' zones.
AREAS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip


def choices(current: str) -> list[tuple[str, Any]]:
    """Return time zones as form choices, by area: `Europe/Madrid` as Madrid.

    Args:
        current: a zone that has to be among them, even under an old name.
    """
    areas = [(area, list(zones)) for area, zones in _by_area()]
    others = {"UTC", current} - {name for _area, zones in areas for name, _label in zones}
    return [*((name, name) for name in sorted(others)), *areas]


@cache
def _by_area() -> list[tuple[str, list[tuple[str, str]]]]:
    # Unicode's list of places omits old names, such as Asia/Calcutta for Asia/Kolkata.
    names = sorted(available_timezones() & get_global("zone_territories").keys())
    return [
        (
            area,
            [
                (name, name.partition("/")[2].replace("_", " "))
                for name in names
                if name.startswith(f"{area}/")
            ],
        )
        for area in AREAS
    ]


def validate_time_zone(value: str) -> None:
    """Refuse a name that isn't a time zone's. Raises ValidationError."""
    if value not in available_timezones():
        raise ValidationError(_("We don't know this time zone."), code="unknown")


def zone_of(name: str | None) -> ZoneInfo | None:
    """Return the time zone for a name from outside; None if there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None
