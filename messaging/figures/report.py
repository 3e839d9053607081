"""A shop's figures over a period, ready for the page and for CSV."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from messaging.host import Shop, host
from messaging.models import Contest, ReplyTime, Wait
from messaging.opening_hours.queries import schedule_of
from messaging.opening_hours.schedule import Schedule
from trato.people import is_deleted

from . import queries
from .hours import ago, usual_day

HOURS = range(24)
LEVELS = 4  # shades in the picture of hours
# The picture's dimensions, in its own units.
MARGIN, HEAD, CELL = 44, 16, 20


@dataclass(frozen=True)
class Late:
    """A late answer, and the team's contest if there is one."""

    wait: Wait
    seconds: int  # of opening hours, until the reply or now
    contest: Contest | None

    @property
    def contested_by(self) -> str:
        return name_of(self.contest.by) if self.contest else ""

    @property
    def answered_by(self) -> str:
        return name_of(self.wait.answered_by) if self.wait.answered_at else ""


@dataclass(frozen=True)
class Bar:
    """A row of a table, and its bar in the picture. `share` is in percent of the longest bar."""

    label: str
    number: int
    share: int = 0
    note: str = ""


@dataclass
class Figures:
    """The figures that a shop sees. Each one is queried when it is first used.

    Args:
        days: the length of the period, which ends now.
    """

    shop: Shop
    days: int
    now: datetime

    @cached_property
    def hours(self) -> Schedule:
        return schedule_of(self.shop.pk)

    @cached_property
    def day_seconds(self) -> int:
        return usual_day(self.hours, self.now)

    @cached_property
    def waits(self) -> Any:
        return queries.counted(self.shop.pk, self.now - timedelta(days=self.days))

    @cached_property
    def is_partial(self) -> bool:
        """Whether older conversations are still being read."""
        return not ReplyTime.objects.filter(shop_id=self.shop.pk, checked_at__isnull=False).exists()

    @cached_property
    def median(self) -> int | None:
        return queries.median(self.waits.filter(answered_at__isnull=False))[1]

    @cached_property
    def summary(self) -> dict[str, Any]:
        numbers: dict[str, Any] = dict(queries.summary(self.waits))
        numbers["share"] = _percent(numbers["within_day"], numbers["answered"])
        numbers["share_without"] = _percent(numbers["without_within_day"], numbers["without"])
        return numbers

    def _border(self, seconds: int) -> datetime:
        return ago(self.hours, seconds, self.now, self.days)

    @cached_property
    def ages(self) -> list[Bar]:
        """The unanswered waits, by how many opening hours they have lasted."""
        day = self.day_seconds
        labels = [_("up to an hour"), _("up to a day"), _("up to three days"), _("longer")]
        borders = [self._border(seconds) for seconds in (3600, max(day, 3601), 3 * day)]
        return _bars(zip(labels, queries.ages(self.waits, borders), strict=True))

    @property
    def waiting(self) -> int:
        return sum(bar.number for bar in self.ages)

    @cached_property
    def by_hour(self) -> list[dict[str, Any]]:
        """Each weekday, with each hour's number of questions and level of shade."""
        numbers = queries.by_hour(self.waits, ZoneInfo(host.shop_time_zone(self.shop)))
        most = max(numbers.values(), default=1)
        return [
            {
                "day": day,
                "name": str(WEEKDAYS[day - 1]),
                "short": str(WEEKDAYS_ABBR[day - 1]),
                "y": (y := HEAD + CELL * (day - 1)),
                "text_y": y + 13,
                "hours": [
                    {
                        "hour": hour,
                        "x": MARGIN + CELL * hour,
                        "number": (number := numbers.get((day, hour), 0)),
                        "level": -(-number * LEVELS // most),
                    }
                    for hour in HOURS
                ],
            }
            for day in range(1, 8)
        ]

    @cached_property
    def hour_marks(self) -> list[dict[str, int]]:
        """The hours that have a label in the picture, with the middle of their columns."""
        return [{"hour": hour, "x": MARGIN + CELL * hour + 9} for hour in range(0, 24, 3)]

    @cached_property
    def hour_lines(self) -> list[dict[str, Any]]:
        """The same as `by_hour`, as a table: for each hour, the weekdays' numbers."""
        return [
            {"hour": hour, "numbers": [row["hours"][hour]["number"] for row in self.by_hour]}
            for hour in HOURS
        ]

    @cached_property
    def products(self) -> list[Bar]:
        return _bars(queries.by_product(self.waits, settings.FIGURES_ROWS_MAX))

    @cached_property
    def colleagues(self) -> list[Bar]:
        rows = queries.by_colleague(self.waits, settings.FIGURES_ROWS_MAX)
        people = get_user_model()._default_manager.in_bulk([row["answered_by"] for row in rows])
        return [
            Bar(bar.label, bar.number, bar.share, _percent(row["within_day"], row["number"]))
            for row, bar in zip(
                rows,
                _bars((name_of(people.get(row["answered_by"])), row["number"]) for row in rows),
                strict=True,
            )
        ]

    def late(self, limit: int) -> tuple[list[Late], bool]:
        """Return late answers, newest first, and whether there are more."""
        rows = list(queries.late(self.waits, self._border(self.day_seconds))[: limit + 1])
        waits = rows[:limit]
        contests = queries.contests_of(waits)
        return [Late(wait, self._seconds(wait), contests.get(wait.pk)) for wait in waits], len(
            rows
        ) > limit

    def _seconds(self, wait: Wait) -> int:
        if wait.seconds is not None:
            return wait.seconds
        return int(self.hours.open_seconds(wait.asked_at, self.now))


def name_of(person: Any) -> str:
    """Return a person's name as colleagues see it."""
    if person is None or is_deleted(person):
        return _("Deleted account")
    return host.display_name(person)


def _bars(rows: Any) -> list[Bar]:
    rows = list(rows)
    most = max((number for _label, number in rows), default=0) or 1
    return [Bar(label, number, 100 * number // most) for label, number in rows]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole}" if whole else ""
