"""Parse times typed in a person's own time zone, which may skip or repeat an hour."""

from datetime import UTC, datetime, tzinfo

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from .errors import Refused


def parse_local(text: str, zone: tzinfo | None = None) -> datetime:
    """Parse a time such as `2026-11-30T09:00`, or with an offset `2026-11-30T09:00+01:00`.

    Args:
        zone: the time zone of a time without an offset; by default, the reader's.

    Raises:
        Refused: `invalid`, if it isn't a time, or if clocks skip or repeat that time.
    """
    try:
        time = parse_datetime(text.strip())
    except ValueError:
        time = None
    if time is None:
        raise Refused("invalid", _("Enter a day and a time."))
    try:
        return _exact(time, zone or timezone.get_current_timezone()).astimezone(UTC)
    except OverflowError as error:
        raise Refused("invalid", _("Enter a day and a time.")) from error


def _exact(time: datetime, zone: tzinfo) -> datetime:
    if time.tzinfo is not None:
        return time
    first, second = (time.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != time:
        raise Refused(
            "invalid",
            _("Clocks go forward that night, so this time doesn't exist. Choose another."),
        )
    if first.utcoffset() != second.utcoffset():
        raise Refused(
            "invalid", _("Clocks go back that night, so this time comes twice. Choose another.")
        )
    return first
