"""What shoppers read while a shop is closed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from messaging.models import OpeningHours


@dataclass(frozen=True)
class Closed:
    """A shop is closed now.

    Args:
        until: None if it doesn't open in the foreseeable future.
    """

    until: datetime | None


def of_row(hours: OpeningHours) -> Closed | None:
    """Return the notice of a shop, whose hours are loaded with it; None if it is open."""
    now = timezone.now()
    if hours.is_always or hours.schedule.is_open(now):
        return None
    return Closed(hours.schedule.next_opening(now))
