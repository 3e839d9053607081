"""Pages of a long list, newest first, each found by the place where the last one ended.

Unlike numbered pages they cost the same anywhere in the list, nothing is counted, and what arrives
at the top while somebody reads further down moves nothing from one page to the next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Place:
    """Where a row stands: by its time, and among several of one time by its key."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """The place that `str()` wrote; None for anything else."""
        microseconds, _, key = text.partition("-")
        if not all(part.isascii() and part.isdigit() for part in (microseconds, key)):
            return None
        if len(microseconds) > 17 or len(key) > 18:  # beyond the calendar, or a database's key
            return None
        return cls(EPOCH + int(microseconds) * MICROSECOND, int(key))


@dataclass(frozen=True)
class Start:
    """Where a page begins: at the top, or next to a place on its older or newer side."""

    place: Place | None = None
    newer: bool = False

    @classmethod
    def asked(cls, query: QueryDict) -> "Start":
        """What an address asks for with `before=` or `after=`; the top, if it makes no sense."""
        if after := Place.parse(query.get("after", "")):
            return cls(after, newer=True)
        return cls(Place.parse(query.get("before", "")))


TOP = Start()


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, newest first, and the places from which to read on, if there is more."""

    rows: list[T]
    older: Place | None = None
    newer: Place | None = None


def ordered(
    rows: QuerySet[M, Any], start: Start, *, time: str, key: str = "pk"
) -> QuerySet[M, Any]:
    """The rows from `start` on, newest first; oldest first where newer ones are asked for.

    Args:
        time, key: the fields that a row's place is made of.
    """
    sign, side = ("", "gt") if start.newer else ("-", "lt")
    rows = rows.order_by(f"{sign}{time}", f"{sign}{key}")
    if start.place is None:
        return rows
    at, pk = start.place.at, start.place.pk
    # The first condition says nothing new; it is the one that an index can begin at.
    return rows.filter(
        Q((f"{time}__{side}e", at)), Q((f"{time}__{side}", at)) | Q((f"{key}__{side}", pk))
    )


def page(
    read: Callable[[Start, int], list[T]], place_of: Callable[[T], Place], start: Start, size: int
) -> Page[T]:
    """The page that begins at `start`; the first one where that would be empty or cut short.

    Args:
        read: gives at most so many rows from a start on, in the order of `ordered`.
        place_of: where a row stands.
    """
    rows = read(start, size + 1)
    if start.place and (not rows or (start.newer and len(rows) <= size)):
        start = TOP
        rows = read(start, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if start.newer:
        rows.reverse()
    return Page(
        rows,
        older=place_of(rows[-1]) if rows and (more or start.newer) else None,
        newer=place_of(rows[0]) if rows and start.place else None,
    )
