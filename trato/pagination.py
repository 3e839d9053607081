"""Keyset pages of a long list, newest first: each page begins where the previous one ended.

Unlike numbered pages they cost the same anywhere in the list, nothing is counted, and rows that
arrive at the top while somebody reads further down don't shift other rows to the next page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Cursor:
    """A row's position: its time, and its key among rows with the same time."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Parse what `str()` wrote; return None for anything else."""
        microseconds, _, key = text.partition("-")
        if not all(part.isascii() and part.isdigit() for part in (microseconds, key)):
            return None
        if len(microseconds) > 17 or len(key) > 18:  # beyond the calendar, or a database's key
            return None
        return cls(EPOCH + int(microseconds) * MICROSECOND, int(key))


@dataclass(frozen=True)
class PageRequest:
    """The page to load: the first one, or the one on the older or newer side of a cursor."""

    cursor: Cursor | None = None
    newer: bool = False

    @classmethod
    def from_query(cls, query: QueryDict) -> "PageRequest":
        """Parse `before=` or `after=` from a URL; return the first page if they are invalid."""
        if after := Cursor.parse(query.get("after", "")):
            return cls(after, newer=True)
        return cls(Cursor.parse(query.get("before", "")))


FIRST_PAGE = PageRequest()


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of a page, newest first, and the cursors of its neighbours, if any."""

    rows: list[T]
    older: Cursor | None = None
    newer: Cursor | None = None


def ordered(
    rows: QuerySet[M, Any],
    wanted: PageRequest,
    *,
    time: str,
    key: str = "pk",
    hour: str | None = None,
) -> QuerySet[M, Any]:
    """Return the rows from a page on: newest first, or oldest first for the newer side.

    Args:
        time, key: the fields that make up a row's cursor.
        hour: the field with that time truncated to the hour, if an index has only the hour.
    """
    sign, side = ("", "gt") if wanted.newer else ("-", "lt")
    rows = rows.order_by(*(f"{sign}{name}" for name in (hour, time, key) if name))
    if wanted.cursor is None:
        return rows
    at, pk = wanted.cursor.at, wanted.cursor.pk
    if hour:  # it is no later than the time, and less than an hour earlier
        rows = rows.filter((f"{hour}__gt", at - HOUR) if wanted.newer else (f"{hour}__lte", at))
    # Together they mean (time, key) is beyond (at, pk); an index can start from the first one.
    return rows.filter(
        Q((f"{time}__{side}e", at)), Q((f"{time}__{side}", at)) | Q((f"{key}__{side}", pk))
    )


def page(
    read: Callable[[PageRequest, int], list[T]],
    cursor_of: Callable[[T], Cursor],
    wanted: PageRequest,
    size: int,
) -> Page[T]:
    """Return the requested page, or the first page if it would be empty or cut short.

    Args:
        read: returns up to the given number of rows from a page on, in the order of `ordered`.
        cursor_of: the cursor of a row.
    """
    rows = read(wanted, size + 1)
    if wanted.cursor and (not rows or (wanted.newer and len(rows) <= size)):
        wanted = FIRST_PAGE
        rows = read(wanted, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if wanted.newer:
        rows.reverse()
    return Page(
        rows,
        older=cursor_of(rows[-1]) if rows and (more or wanted.newer) else None,
        newer=cursor_of(rows[0]) if rows and wanted.cursor else None,
    )
