"""A page of a conversation by day: its messages and, on the seller side, its notes."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby, pairwise

from django.utils import timezone

from .models import Message, Note
from .runs import mark_runs

Day = tuple[date, list[Message | Note]]


def by_day(
    messages: Sequence[Message], notes: Sequence[Note], first_unread: int | None
) -> list[Day]:
    """Return messages and notes by the day on which they were written, in order of time.

    Also marks the runs of messages. A note between two messages ends a run, as in
    `MessageList.arrange`.
    """
    rows: list[Message | Note] = [*messages, *notes]
    rows.sort(key=lambda row: row.created_at)  # stable: a message is before a note of the same time
    days = [(day, list(some)) for day, some in groupby(rows, _day_of)]
    mark_runs((_messages_of(some) for _day, some in days), first_unread)
    for _day, some in days:
        for before, row in pairwise(some):
            if isinstance(before, Message) and not isinstance(row, Message):
                before.is_continued = False
            if isinstance(row, Message) and not isinstance(before, Message):
                row.is_grouped = False
    return days


def _messages_of(rows: Sequence[Message | Note]) -> list[Message]:
    return [row for row in rows if isinstance(row, Message)]


def _day_of(row: Message | Note) -> date:
    return timezone.localdate(row.created_at)
