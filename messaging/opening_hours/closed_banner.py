"""Whether a shop is closed now and until when, for the banner shown to its shoppers."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from messaging.models import OpeningHours


@dataclass(frozen=True)
class Closed:
    """A shop is closed now.

    Args:
        until: when it opens; None if it doesn't open in the foreseeable future.
    """

    until: datetime | None


def closed_now(hours: OpeningHours) -> Closed | None:
    """Return when a closed shop opens next; None if it is open.

    Args:
        hours: loaded with their shop.
    """
    now = timezone.now()
    if hours.is_always or hours.schedule.is_open(now):
        return None
    return Closed(hours.schedule.next_opening(now))
