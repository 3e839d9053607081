"""Load pages of messages and read marks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from trato.array_parameters import listed
from trato.people import Person
from trato.prepared import prepared

from .models import (
    Conversation,
    Message,
    Participant,
    PresenceChoice,
    ReadBefore,
    Side,
    StaffMessage,
)


class Window(NamedTuple):
    """Consecutive messages of a conversation, oldest first, and whether there are more around."""

    messages: list[Message]
    has_older: bool
    has_newer: bool


def messages_of_staff(conversation: Conversation) -> list[StaffMessage]:
    """Return what staff wrote to both sides, oldest first. Makes no query if they never did."""
    if not conversation.has_staff_messages:
        return []
    return list(conversation.staff_messages.order_by("pk"))


def messages_since(conversation: Conversation, revision: int) -> tuple[list[Message], bool]:
    """Return what changed after a revision, in order of revision, and whether there is more."""
    rows = _messages(conversation).filter(revision__gt=revision).order_by("revision")
    return _page(rows, settings.MESSAGE_PAGE_SIZE)


def latest_messages(conversation: Conversation) -> Window:
    """Return the end of a conversation."""
    size = settings.HISTORY_PAGE_SIZE
    rows = _latest(conversation.pk, limit=size + 1)
    for row in rows:
        row.conversation = conversation  # otherwise each row would load it again
    return Window(rows[:size][::-1], len(rows) > size, has_newer=False)


def messages_before(conversation: Conversation, sequence: int) -> Window:
    """Return the page of messages before a sequence."""
    older = _messages(conversation).filter(sequence__lt=sequence).order_by("-sequence")
    rows, more = _page(older, settings.HISTORY_PAGE_SIZE)
    return Window(rows[::-1], more, has_newer=sequence <= conversation.last_sequence)


def messages_after(conversation: Conversation, sequence: int) -> Window:
    """Return the page of messages after a sequence."""
    newer = _messages(conversation).filter(sequence__gt=sequence).order_by("sequence")
    rows, more = _page(newer, settings.HISTORY_PAGE_SIZE)
    first = rows[0].sequence if rows else conversation.last_sequence + 1
    return Window(rows, first > 1, more)


def messages_around(conversation: Conversation, sequence: int) -> Window:
    """Return a page with a message in the middle; near an end, the first or the last page."""
    size = settings.HISTORY_PAGE_SIZE
    start = min(sequence - size // 2, conversation.last_sequence - size)
    return messages_after(conversation, max(start, 0))


def time_of(conversation: Conversation, sequence: int) -> datetime | None:
    """Return when a message was sent; None if there is no such message."""
    times = conversation.messages.filter(sequence=sequence).values_list("created_at", flat=True)
    return times.first()


def read_marks(conversation: Conversation, reader: Person) -> dict[str, int]:
    """Return how far each side has read, as one person may see it.

    In a shop, the member who has read furthest counts. On the other side, only people who show how
    far they have read count, and a reader who hides their own marks sees none.
    """
    return _furthest(conversation, reader, _participants(conversation.pk, reader.pk))


def read_marks_and_own(
    conversation: Conversation, user: Person
) -> tuple[dict[str, int], int, Participant | None]:
    """Return `read_marks`, how far the person has read, and the person's row; makes one query.

    Returns:
        The row is None if there is none. Messages that the person has marked as unread count as
        unread only in the person's own mark, not in the sides' marks.
    """
    participants = _participants(conversation.pk, user.pk)
    own = next((row for row in participants if row.user_id == user.pk), None)
    mark = own.last_read_sequence if own else 0
    if own and own.unread_from:
        mark = min(mark, own.unread_from - 1)
    return _furthest(conversation, user, participants), mark, own


def furthest_read(conversation: Conversation) -> dict[str, int]:
    """Return how far each side has read, whether or not somebody hides it."""
    marks = dict.fromkeys(Side.values, 0)
    rows = Participant.objects.filter(conversation=conversation)
    for row in rows.values("side").annotate(furthest=Max("last_read_sequence")):
        marks[row["side"]] = row["furthest"]
    return marks


def _furthest(
    conversation: Conversation, reader: Person, participants: Iterable[Any]
) -> dict[str, int]:
    marks, own_side = dict.fromkeys(Side.values, 0), conversation.side_of(reader.pk)
    for row in participants:
        if row.side == own_side or not (row.is_hidden or row.reader_hides):
            marks[row.side] = max(marks[row.side], row.last_read_sequence)
    if conversation.blocked_by:
        other = own_side.other
        before = ReadBefore.objects.filter(conversation=conversation).values_list(other, flat=True)
        marks[other] = min(marks[other], before.first() or 0)
    return marks


class Top(NamedTuple):
    """The values that a heartbeat corrects; only the seller side may get the team's revision."""

    revision: int
    team_revision: int | None
    blocked_by: str


def tops(conversation_ids: Iterable[int]) -> dict[int, Top]:
    """Return conversations' top revisions, and which side has blocked the other; one query."""
    rows = Conversation.objects.filter(pk__in=listed(conversation_ids))
    columns = rows.values_list("pk", "revision", "team_state__team_revision", "blocked_by")
    return {pk: Top(revision, team, blocked_by) for pk, revision, team, blocked_by in columns}


@prepared
def _latest(conversation_id: int, *, limit: int) -> QuerySet[Message]:
    messages = Message.objects.filter(conversation_id=conversation_id).select_related("sender")
    return messages.order_by("-sequence")[:limit]


@prepared
def _participants(conversation_id: int, reader_id: int) -> QuerySet[Participant]:
    hiding = PresenceChoice.objects.filter(hides_read=True)
    return Participant.objects.filter(conversation_id=conversation_id).annotate(
        is_hidden=Exists(hiding.filter(user=OuterRef("user"))),
        reader_hides=Exists(hiding.filter(user=reader_id)),
    )


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.select_related("sender")


def _page(rows: QuerySet[Message], size: int) -> tuple[list[Message], bool]:
    messages = list(rows[: size + 1])
    return messages[:size], len(messages) > size
