"""The place to start reading: one in the URL, the first unread message, or a day."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from messaging import queries
from messaging.models import Conversation, Message, Side
from messaging.queries import Window
from trato.responses import counter_from

# How to load the part that a URL names: before, after or around a message.
WINDOWS: Mapping[str, Callable[[Conversation, int], Window]] = {
    "before": queries.messages_before,
    "after": queries.messages_after,
    "around": queries.messages_around,
}
# A binary search: times increase with sequences.
FIRST_SINCE = f"""
WITH RECURSIVE part (low, high) AS (
    SELECT 1, %s + 1
    UNION ALL
    SELECT CASE WHEN m.created_at < %s THEN m.sequence + 1 ELSE part.low END,
           CASE WHEN m.created_at < %s THEN part.high ELSE m.sequence END
    FROM part
    JOIN {Message._meta.db_table} m
        ON m.conversation_id = %s AND m.sequence = (part.low + part.high) / 2
    WHERE part.low < part.high
)
SELECT low FROM part WHERE low = high
"""  # noqa: S608 - a constant


class Unread(NamedTuple):
    """A person's unread messages in a conversation.

    Attributes:
        first: the sequence of the other side's first unread message; None if there is none.
        number: how many there are; None if they go too far back to count.
    """

    first: int | None
    number: int | None

    @property
    def is_near(self) -> bool:
        """Whether to start reading at `first`."""
        return self.first is not None and self.number is not None


class Part(NamedTuple):
    """The part of a conversation that a page shows.

    Attributes:
        window: its messages.
        unread: what its reader has not read.
        seen: the part has all unread messages up to this one; 0 if it doesn't begin with the first.
    """

    window: Window
    unread: Unread
    seen: int

    @property
    def oldest(self) -> int:
        return self.window.messages[0].sequence if self.window.messages else 0

    @property
    def newest(self) -> int:
        return self.window.messages[-1].sequence if self.window.messages else 0

    @property
    def is_far(self) -> bool:
        """Whether the first unread message is too far back for the page to start there."""
        return bool(self.unread.first and self.unread.first < self.oldest)


def part_of(
    conversation: Conversation,
    side: Side,
    mark: int,
    named: Mapping[str, str],
    *,
    starts_at_unread: bool,
) -> Part:
    """Return the part of a conversation to show.

    Args:
        side: the reader's.
        mark: the sequence up to which the reader has read.
        named: a URL's query, which may name a place.
        starts_at_unread: whether to show the first unread message if the URL names no place.

    Raises:
        Refused: see `named_window`.
    """
    window = named_window(conversation, named)
    behind = conversation.last_sequence - mark
    is_on_last_page = window is None and behind <= settings.HISTORY_PAGE_SIZE
    news = None if is_on_last_page else unread(conversation, side, mark)
    if window is None and news and news.is_near and starts_at_unread:
        window = queries.messages_around(conversation, news.first or 0)
    if window is None or not window.messages:
        window = queries.latest_messages(conversation)
    rows = window.messages
    if news is None:
        new = [row.sequence for row in rows if row.sequence > mark and row.side != side]
        news = Unread(new[0] if new else None, len(new))
    seen = rows[-1].sequence if rows and rows[0].sequence <= mark + 1 else 0
    return Part(window, news, seen if window.has_newer else conversation.last_sequence)


def named_window(conversation: Conversation, named: Mapping[str, str]) -> Window | None:
    """Return the part of a conversation that a URL names; None if it names none.

    Raises:
        Refused: `invalid` if it names something other than a message.
    """
    for name, load in WINDOWS.items():
        if name in named:
            return load(conversation, counter_from(named[name]))
    return None


def unread(conversation: Conversation, side: Side, mark: int) -> Unread:
    """Return what a person has not read yet.

    Args:
        side: the person's.
        mark: the sequence up to which the person has read.
    """
    behind = conversation.last_sequence - mark
    if behind <= 0:
        return Unread(None, 0)
    rows = conversation.messages.filter(sequence__gt=mark).exclude(side=side)
    sequences = rows.order_by("sequence").values_list("sequence", flat=True)
    if behind > settings.UNREAD_NEAR_MESSAGES:
        return Unread(sequences.first(), None)
    new = list(sequences)
    return Unread(new[0] if new else None, len(new))


def first_since(conversation: Conversation, day: date) -> int | None:
    """Return the sequence of the first message on or after a day in the reader's time zone."""
    midnight = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    at = connection.ops.adapt_datetimefield_value(midnight)
    last = conversation.last_sequence
    with connection.cursor() as cursor:
        cursor.execute(FIRST_SINCE, [last, at, at, conversation.pk])
        (sequence,) = cursor.fetchone()
    return sequence if sequence <= last else None
