"""Load notes. Callers have the conversation from `access`, on its seller side."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from messaging.models import (
    ASSIGNED_KIND,
    MENTION_KIND,
    Assignment,
    Conversation,
    Note,
    TeamState,
    conversation_url,
)
from messaging.team.frames import AssignmentItem, NoteItem, NotesState
from messaging.team.queries import assignee_of, assignments_of, labels_of
from notifications import queries as notifications
from notifications.models import Notification
from trato.people import Person


def team_revision(conversation: Conversation) -> int:
    """Return the team's revision as of when `access` loaded the conversation.

    Notes are loaded later, so they are never older than this.
    """
    state: TeamState | None = getattr(conversation, "team_state", None)
    return state.team_revision if state else 0


def notes_between(
    conversation: Conversation, start: datetime | None, end: datetime | None
) -> tuple[list[Note], Note | None]:
    """Return the notes in a part of the conversation, and the conversation's last note.

    Args:
        start: the time of the part's first message; None for the beginning.
        end: the time of the first message after the part; None for the end.

    Returns:
        The part's newest notes, at most a page, oldest first; then the last note, if there is one.
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
    """Return the notes and assignments after a team revision; 0 means from the first one on."""
    revision, size = team_revision(conversation), settings.NOTE_PAGE_SIZE
    rows: list[Note | Assignment] = []
    for every in (_notes(conversation), assignments_of(conversation)):
        newer = every.filter(team_revision__gt=since).order_by("team_revision")
        rows += newer[: size + 1]
    rows.sort(key=lambda row: row.team_revision)
    more = len(rows) > size
    if more:
        rows = rows[:size]
        revision = rows[-1].team_revision
    state = NotesState(
        conversation=conversation.pk,
        team_revision=revision,
        notes=[NoteItem.of(row) for row in rows if isinstance(row, Note)],
        assignments=[AssignmentItem.of(row) for row in rows if isinstance(row, Assignment)],
        more=more,
    )
    if revision > since:
        state.assignee, state.former = assignee_of(conversation)
        state.labels = labels_of(conversation)
    return state


def unread_notices(conversation: Conversation, user: Person) -> QuerySet[Notification]:
    """Return a person's unread notices of mentions in a conversation and of its assignment.

    A notice about the assignment of several conversations leads elsewhere, and isn't included.
    """
    notes = conversation.notes.order_by().values("pk")
    assignments = conversation.assignments.filter(assignee_id=user.pk).values("pk")
    own = notifications.notifications_of(user).filter(read_at=None)
    return own.filter(
        Q(news__subject_kind=MENTION_KIND, news__subject_id__in=notes)
        | Q(
            news__subject_kind=ASSIGNED_KIND,
            news__subject_id__in=assignments,
            news__url=conversation_url(conversation.pk),
        )
    )


def _notes(conversation: Conversation) -> QuerySet[Note]:
    return conversation.notes.select_related("author")
