"""Spans of opening hours, for the clock."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from .clock import Hours

DAY_SECONDS = 86_400
SAMPLE_DAYS = 28  # a usual day is their average


def usual_day(hours: Hours, until: datetime) -> int:
    """Return how long a shop is open on one of its days, in seconds.

    A reply "within a day" takes no longer than this: 24 hours for a shop that is always open, 8 for
    one that is open from 9 to 17. Days without opening hours don't count.
    """
    today = until.astimezone(hours.zone).date()
    midnights = [
        datetime.combine(today - timedelta(days=days), time(), hours.zone).astimezone(UTC)
        for days in range(SAMPLE_DAYS, -1, -1)
    ]
    days = (hours.open_seconds(start, end) for start, end in pairwise(midnights))
    opened = [seconds for seconds in days if seconds > 0]
    return round(sum(opened) / len(opened)) if opened else DAY_SECONDS


def ago(hours: Hours, seconds: int, now: datetime, days: int) -> datetime:
    """Return the latest time since which a shop has been open for some number of seconds.

    Args:
        seconds: how long the shop has been open.
        days: how far back to look at most.
    """
    first, last = now - timedelta(days=days), now
    if hours.open_seconds(first, now) < seconds:
        return first
    while last - first > timedelta(seconds=1):
        middle = first + (last - first) / 2
        if hours.open_seconds(middle, now) >= seconds:
            first = middle
        else:
            last = middle
    return first
