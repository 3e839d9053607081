"""What a row of a list shows beside its conversation: labels, colleagues, one's own marks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone

from messaging.access import Scope
from messaging.host import host
from messaging.lanes.queries import lane_of
from messaging.models import Conversation, ConversationLabel, Label, Participant, Side
from trato.listed import listed
from trato.people import Person


@dataclass
class Marks:
    """What one person sees of a conversation that others don't see.

    Args:
        labels, assignee: of the shop's side, and only for its members.
        snoozed_until: None unless it sleeps.
    """

    lane: str
    labels: list[Label] = field(default_factory=list)
    assignee: Person | None = None
    assignee_name: str = ""
    starred: bool = False
    archived: bool = False
    muted: bool = False
    snoozed_until: datetime | None = None


def marks_of(user: Person, rows: Collection[Conversation]) -> dict[int, Marks]:
    """Return the marks of conversations that a person takes part in, with at most three queries."""
    sides = {row.pk: row.side_of(user.pk) for row in rows}
    marks = {row.pk: Marks(lane_of(row.turn, sides[row.pk])) for row in rows}
    states = Participant.objects.filter(user_id=user.pk, conversation__in=listed(marks))
    now = timezone.now()
    last = {row.pk: row.last_sequence for row in rows}
    for state in states if marks else ():
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
    """Return the keys and names of a person's colleagues, to whom conversations can be assigned."""
    if not scope.shop_ids:
        return []
    members = host.active_members().filter(shop_id__in=scope.shop_ids).order_by()
    people = get_user_model()._default_manager.filter(pk__in=members.values("user_id"))
    others = people.exclude(pk=scope.user_id)
    return sorted(((str(one.pk), host.display_name(one)) for one in others), key=lambda one: one[1])


def labels_of(scope: Scope) -> list[Label]:
    """Return the labels of a person's shops, by name."""
    if not scope.shop_ids:
        return []
    return list(Label.objects.filter(shop__in=scope.shop_ids).order_by("folded_name", "pk"))


def _add_team(marks: dict[int, Marks], ours: Iterable[Conversation]) -> None:
    ids = [row.pk for row in ours]
    labelled = ConversationLabel.objects.filter(conversation__in=listed(ids))
    for one in labelled.select_related("label").order_by("label__folded_name", "label_id"):
        marks[one.conversation_id].labels.append(one.label)
    assigned = {row.pk: row.assignee_id for row in ours if row.assignee_id}
    if assigned:
        people = get_user_model()._default_manager.in_bulk(list(assigned.values()))
        for pk, user_id in assigned.items():
            assignee = people.get(user_id)
            marks[pk].assignee = assignee
            marks[pk].assignee_name = host.display_name(assignee) if assignee else ""


def _holds(sequence: int | None, last_sequence: int) -> bool:
    """Whether a mark that a new message removes is still there."""
    return sequence is not None and sequence >= last_sequence
