"""Load notes. The caller has got the conversation from `access`, on its seller side."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from messaging.models import MENTION_KIND, Conversation, Note, TeamState
from messaging.team.frames import NoteItem, NotesState
from notifications import queries as notifications
from notifications.models import Notification
from trato.people import Person


def team_revision(conversation: Conversation) -> int:
    """Return the top revision of what the team sees; read it before the notes themselves."""
    row = TeamState.objects.filter(pk=conversation.pk).values_list("team_revision", flat=True)
    return row.first() or 0


def notes_between(
    conversation: Conversation, start: datetime | None, end: datetime | None
) -> tuple[list[Note], Note | None]:
    """Return the notes of a part of the conversation, and its last note wherever that is.

    Args:
        start: of the first message of that part; None for the beginning.
        end: of the first message after it; None for the end.

    Returns:
        At most the newest of a page, oldest first; then the last note, if there is one.
    """
    newest = conversation.notes.order_by("-number").values("number")[:1]
    part = Q()
    if start:
        part &= Q(created_at__gte=start)
    if end:
        part &= Q(created_at__lt=end)
    rows = _notes(conversation).filter(part | Q(number=newest)) if part else _notes(conversation)
    notes = list(rows.order_by("-number")[: settings.NOTE_PAGE_SIZE])[::-1]
    last = notes[-1] if notes else None
    is_before = last and start and last.created_at < start
    is_after = last and end and last.created_at >= end
    return notes[:-1] if is_before or is_after else notes, last


def state_since(conversation: Conversation, since: int) -> NotesState:
    """Return the notes after a revision of the team, in its order; after 0, from the first on."""
    revision, size = team_revision(conversation), settings.NOTE_PAGE_SIZE
    rows = _notes(conversation).filter(team_revision__gt=since).order_by("team_revision")
    notes = list(rows[: size + 1])
    more = len(notes) > size
    if more:
        notes = notes[:size]
        revision = notes[-1].team_revision
    return NotesState(
        conversation=conversation.pk,
        team_revision=revision,
        notes=[NoteItem.of(note) for note in notes],
        more=more,
    )


def unread_mentions(conversation: Conversation, user: Person) -> QuerySet[Notification]:
    """Return a person's unread notices about mentions in notes of a conversation."""
    notes = conversation.notes.order_by().values("pk")
    own = notifications.notifications_of(user).filter(read_at=None)
    return own.filter(news__subject_kind=MENTION_KIND, news__subject_id__in=notes)


def _notes(conversation: Conversation) -> QuerySet[Note]:
    return conversation.notes.select_related("author")
