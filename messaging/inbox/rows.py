"""The marks in a list row besides its conversation: labels, colleagues, own marks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from messaging.access import Scope
from messaging.host import host
from messaging.lanes.queries import OURS, lane_of
from messaging.models import Conversation, ConversationLabel, Label, Participant, Side
from trato.people import Person
from trato.prepared import prepared

STEP = 25  # the number of rows is rounded up to a multiple of this


@dataclass
class Marks:
    """One person's own view of a conversation, which others don't see.

    Args:
        labels, assignee, former: the shop's, and only for its members.
        former: the name of an assignee who no longer works for the shop.
        snoozed_until: None unless the conversation is snoozed.
    """

    lane: str
    labels: list[Label] = field(default_factory=list)
    assignee: Person | None = None
    assignee_name: str = ""
    former: str = ""
    starred: bool = False
    archived: bool = False
    muted: bool = False
    snoozed_until: datetime | None = None

    @property
    def any(self) -> bool:
        """Whether a row shows any mark."""
        own = (self.starred, self.archived, self.muted, self.snoozed_until)
        shown = (*own, self.assignee, self.former, self.labels)
        return self.lane == OURS or any(map(bool, shown))


def marks_of(user: Person, rows: Collection[Conversation]) -> dict[int, Marks]:
    """Return the marks of conversations that a person takes part in, with at most two queries."""
    sides = {row.pk: row.side_of(user.pk) for row in rows}
    marks = {row.pk: Marks(lane_of(row.turn, sides[row.pk])) for row in rows}
    now = timezone.now()
    last = {row.pk: row.last_sequence for row in rows}
    for state in _states(user.pk, *padded(marks)) if marks else ():
        mark, until = marks[state.conversation_id], state.snoozed_until
        mark.starred, mark.muted = state.starred_at is not None, state.muted_at is not None
        mark.archived = _holds(state.archived_sequence, last[state.conversation_id])
        is_asleep = until is not None and until > now
        if is_asleep and _holds(state.snoozed_sequence, last[state.conversation_id]):
            mark.snoozed_until = until
    ours = [row for row in rows if sides[row.pk] is Side.SELLER]
    if ours:
        _add_team(marks, ours)
    return marks


def team_of(scope: Scope) -> list[tuple[str, str]]:
    """Return the keys and names of the colleagues a person can assign conversations to."""
    people = _colleagues(scope.user_id, *scope.shop_ids) if scope.shop_ids else []
    return sorted(((str(one.pk), host.display_name(one)) for one in people), key=lambda one: one[1])


def labels_of(scope: Scope) -> list[Label]:
    """Return the labels of a person's shops, sorted by name."""
    return _labels(*scope.shop_ids) if scope.shop_ids else []


def padded(ids: Iterable[int]) -> list[int]:
    """Repeat an ID until their number is a multiple of `STEP`, so that there are few statements."""
    padded = list(ids)
    return padded + padded[:1] * (-len(padded) % STEP)


def _add_team(marks: dict[int, Marks], ours: Iterable[Any]) -> None:
    ids = [row.pk for row in ours]
    for one in _labelled(*padded(ids)):
        marks[one.conversation_id].labels.append(one.label)
    for row in ours:
        name = host.display_name(row.assignee) if row.assignee else ""
        if row.has_assignee:
            marks[row.pk].assignee, marks[row.pk].assignee_name = row.assignee, name
        else:
            marks[row.pk].former = name


@prepared
def _states(user_id: int, *ids: int) -> QuerySet[Participant]:
    return Participant.objects.filter(user_id=user_id, conversation__in=ids)


@prepared
def _colleagues(user_id: int, *shop_ids: int) -> QuerySet[Any]:
    members = host.active_members().filter(shop_id__in=shop_ids).order_by()
    people = get_user_model()._default_manager.filter(pk__in=members.values("user_id"))
    return people.exclude(pk=user_id)


@prepared
def _labels(*shop_ids: int) -> QuerySet[Label]:
    return Label.objects.filter(shop__in=shop_ids).order_by("folded_name", "pk")


@prepared
def _labelled(*ids: int) -> QuerySet[ConversationLabel]:
    rows = ConversationLabel.objects.filter(conversation__in=ids).select_related("label")
    return rows.order_by("label__folded_name", "label_id")


def _holds(sequence: int | None, last_sequence: int) -> bool:
    """Whether a mark that a new message removes is still there."""
    return sequence is not None and sequence >= last_sequence
