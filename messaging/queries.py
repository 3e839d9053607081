"""Load pages of messages, and read marks."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from trato.listed import listed
from trato.people import Person
from trato.prepared import prepared

from .models import Conversation, Message, Participant, Side


def messages_since(conversation: Conversation, revision: int) -> tuple[list[Message], bool]:
    """Return what changed after a revision, in order of revision, and whether there is more."""
    rows = _messages(conversation).filter(revision__gt=revision).order_by("revision")
    return _page(rows, settings.MESSAGE_PAGE_SIZE)


def latest_messages(conversation: Conversation) -> tuple[list[Message], bool]:
    """Return the end of a conversation, oldest first, and whether there are older messages."""
    size = settings.HISTORY_PAGE_SIZE
    rows = _latest(conversation.pk, limit=size + 1)
    for row in rows:
        row.conversation = conversation  # else each one would load it again
    return rows[:size][::-1], len(rows) > size


def messages_before(conversation: Conversation, sequence: int) -> tuple[list[Message], bool]:
    """Return a page of older messages, oldest first, and whether there are even older ones."""
    older = _messages(conversation).filter(sequence__lt=sequence).order_by("-sequence")
    rows, more = _page(older, settings.HISTORY_PAGE_SIZE)
    return rows[::-1], more


def time_of(conversation: Conversation, sequence: int) -> datetime | None:
    """Return when a message was sent; None if there is no such message."""
    times = conversation.messages.filter(sequence=sequence).values_list("created_at", flat=True)
    return times.first()


def read_marks(conversation: Conversation) -> dict[str, int]:
    """Return how far each side has read: for a shop, the colleague who has read furthest."""
    return _furthest(_participants(conversation.pk))


def read_marks_and_own(
    conversation: Conversation, user: Person
) -> tuple[dict[str, int], int, Participant | None]:
    """Return how far each side has read, and how far one person has, with one query.

    Returns:
        Also that person's row, if there is one. What the person has marked as unread counts as
        unread only there, not in the marks of the sides.
    """
    participants = _participants(conversation.pk)
    own = next((row for row in participants if row.user_id == user.pk), None)
    mark = own.last_read_sequence if own else 0
    if own and own.unread_from:
        mark = min(mark, own.unread_from - 1)
    return _furthest(participants), mark, own


def _furthest(participants: Iterable[Participant]) -> dict[str, int]:
    marks = dict.fromkeys(Side.values, 0)
    for participant in participants:
        marks[participant.side] = max(marks[participant.side], participant.last_read_sequence)
    return marks


def revisions(conversation_ids: Iterable[int]) -> dict[int, tuple[int, int | None]]:
    """Return the top revisions of several conversations, and those of their teams, if any.

    Makes one query. Only the seller side may learn of the second one.
    """
    rows = Conversation.objects.filter(pk__in=listed(conversation_ids))
    columns = rows.values_list("pk", "revision", "team_state__team_revision")
    return {pk: (revision, of_team) for pk, revision, of_team in columns}


@prepared
def _latest(conversation_id: int, *, limit: int) -> QuerySet[Message]:
    messages = Message.objects.filter(conversation_id=conversation_id).select_related("sender")
    return messages.order_by("-sequence")[:limit]


@prepared
def _participants(conversation_id: int) -> QuerySet[Participant]:
    return Participant.objects.filter(conversation_id=conversation_id)


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.select_related("sender")


def _page(rows: QuerySet[Message], size: int) -> tuple[list[Message], bool]:
    messages = list(rows[: size + 1])
    return messages[:size], len(messages) > size
