"""A page of a conversation by day: messages, staff messages and, for sellers, the team's rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

from django.utils import timezone

from .models import Assignment, Message, Note, StaffMessage

# Messages by one person that follow each other this fast are drawn as one group, a run. The name is
# shown above a run, and the time below it. `MessageList.arrange` in
# `static/js/messaging/thread/message-list.js` has the same rule for messages that arrive later; a
# test compares them.
GROUP_WITHIN = timedelta(minutes=5)
COLLAPSED_WITHIN = timedelta(minutes=1)  # between two lines by one person

Beside = Note | Assignment | StaffMessage
Row = Message | Beside
Day = tuple[date, list[Row]]


def by_day(
    messages: Sequence[Message], beside: Sequence[Beside], first_unread: int | None
) -> list[Day]:
    """Group messages, and the rows beside them, by the day they were written, in order of time.

    Also marks the runs of messages. Another row between two messages ends a run, as in
    `MessageList.arrange`.
    """
    rows = [row for _time, row in sorted(_timed(messages, beside), key=itemgetter(0))]
    days = [(day, list(some)) for day, some in groupby(_collapsed(rows), _day_of)]
    _mark_runs((_messages_of(some) for _day, some in days), first_unread)
    for _day, some in days:
        for before, row in pairwise(some):
            if isinstance(before, Message) and not isinstance(row, Message):
                before.is_continued = False
            if isinstance(row, Message) and not isinstance(before, Message):
                row.is_grouped = False
    return days


def _timed(messages: Sequence[Message], beside: Sequence[Beside]) -> Iterator[tuple[datetime, Row]]:
    """Yield each row with the time to sort it by; a message comes before other rows of that time.

    Messages keep their order even if the clock has gone back.
    """
    times = accumulate((message.created_at for message in messages), max)
    yield from zip(times, messages, strict=True)
    for row in beside:
        yield row.created_at, row


def _collapsed(rows: Sequence[Row]) -> list[Row]:
    """Leave out a line right before another by the same person, as `draw` in `notes.js` does."""
    kept: list[Row] = []
    for row in reversed(rows):
        after = kept[-1] if kept else None
        if (
            isinstance(row, Assignment)
            and isinstance(after, Assignment)
            and row.actor_id == after.actor_id
            and after.created_at - row.created_at < COLLAPSED_WITHIN
        ):
            continue
        kept.append(row)
    return kept[::-1]


def _messages_of(rows: Sequence[Row]) -> list[Message]:
    return [row for row in rows if isinstance(row, Message)]


def _day_of(row: Row) -> date:
    return timezone.localdate(row.created_at)


def _mark_runs(days: Iterable[list[Message]], first_unread: int | None) -> None:
    """Set in each message whether it continues a run, and whether the next one does.

    A new day and the line above the first unread message end a run.
    """
    for messages in days:
        for before, message in pairwise(messages):
            message.is_grouped = before.is_continued = (
                message.sender_id == before.sender_id
                and message.is_automatic == before.is_automatic
                and message.created_at - before.created_at < GROUP_WITHIN
                and message.sequence != first_unread
            )
