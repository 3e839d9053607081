"""Opening hours as plain values that need no database and no language.

A shop is open at a moment if its wall clock shows a time within its hours. So hours that the clock
shows twice when clocks go back count twice, and hours that it skips don't count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 24 * 60
ONE_DAY = timedelta(days=1)
LOOK_AHEAD = timedelta(days=400)  # for the next opening


class Span(NamedTuple):
    """Hours of one day, in minutes since midnight. An end after 24:00 is on the following day."""

    start: int
    end: int


Week = tuple[tuple[Span, ...], ...]  # from Monday to Sunday
Interval = tuple[datetime, datetime]

ALWAYS: Week = ((Span(0, MINUTES_PER_DAY),),) * 7


@dataclass(frozen=True)
class Schedule:
    """A shop's opening hours.

    Args:
        zone: the time zone of the hours.
        week: the hours of each weekday in order, without overlaps.
        days_off: days on which no hours begin; hours of the day before may end on them.
    """

    zone: ZoneInfo
    week: Week = ALWAYS
    days_off: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether the shop is open at a moment."""
        wall = at.astimezone(self.zone).replace(tzinfo=None)
        return any(
            start <= wall < end
            for day in (wall.date() - ONE_DAY, wall.date())
            for start, end in self._hours(day)
        )

    def next_opening(self, after: datetime) -> datetime | None:
        """Return when the shop opens next, or the moment itself if it is open.

        Returns:
            None if it doesn't open within `LOOK_AHEAD`.
        """
        first = next(self.intervals(after, after + LOOK_AHEAD), None)
        return first[0] if first else None

    def open_seconds(self, start: datetime, end: datetime) -> int:
        """Return how long the shop is open between two moments, in whole seconds."""
        opened = (to - since for since, to in self.intervals(start, end))
        return int(sum(opened, timedelta()).total_seconds())

    def intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """Yield the intervals in which the shop is open between two moments, as UTC times."""
        last: Interval | None = None
        for since, to in self._pieces(start.astimezone(UTC), end.astimezone(UTC)):
            if last and since <= last[1]:
                last = last[0], max(last[1], to)
                continue
            if last:
                yield last
            last = since, to
        if last:
            yield last

    def _pieces(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """Like `intervals`, but split at midnight and where clocks change."""
        for since, to, offset in _stretches(self.zone, start, end):
            first, last = ((at + offset).replace(tzinfo=None) for at in (since, to))
            day = first.date() - ONE_DAY
            while day <= last.date():
                for opens, closes in self._hours(day):
                    if opens < last and closes > first:
                        piece = (max(opens, first) - offset, min(closes, last) - offset)
                        yield piece[0].replace(tzinfo=UTC), piece[1].replace(tzinfo=UTC)
                day += ONE_DAY

    def _hours(self, day: date) -> Iterator[Interval]:
        """Yield the hours that begin on a day, by the wall clock."""
        if day in self.days_off:
            return
        midnight = datetime(day.year, day.month, day.day)
        for start, end in self.week[day.weekday()]:
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def _stretches(
    zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Split the time between two moments in UTC where the zone's clocks change."""
    while start < end:
        offset = _offset(zone, start)
        until = min(start + ONE_DAY, end)
        while until < end and _offset(zone, until) == offset:
            until = min(until + ONE_DAY, end)
        if _offset(zone, until) != offset:
            until = _change(zone, until - ONE_DAY, until)
        until = max(until, start + timedelta(seconds=1))
        yield start, min(until, end), offset
        start = until


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the second at which the zone's offset changes; it changes once between the two."""
    offset = _offset(zone, before)
    low, high = int(before.timestamp()), int(after.timestamp()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
