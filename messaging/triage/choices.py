"""The choices for an action on conversations: times, labels or colleagues."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from messaging.models import Conversation, ConversationLabel, Label, Side
from trato.array_parameters import listed
from trato.people import Person

from . import queries
from .frames import is_asleep
from .panel import Colleague, colleagues_of, snoozes, woken_until

KINDS = ("snooze", "label", "assign")


@dataclass(frozen=True)
class Choices:
    """The choices for some conversations; fields for other kinds of actions are empty.

    Args:
        woken_until: the end of a snooze that a message has ended early; only for one conversation.
        addable, removable: labels that some conversations lack, and labels that some have.
        assignees: the current assignees; None stands for nobody.
    """

    snoozes: list[tuple[str, datetime]] = field(default_factory=list)
    woken_until: datetime | None = None
    is_asleep: bool = False
    addable: list[Label] = field(default_factory=list)
    removable: list[Label] = field(default_factory=list)
    colleagues: list[Colleague] = field(default_factory=list)
    assignees: set[int | None] = field(default_factory=set)


def choices(actor: Person, kind: str, ids: Collection[int]) -> Choices | None:
    """Return what a person can choose from, with at most three queries.

    Args:
        kind: one of `KINDS`.

    Returns:
        None if the action isn't available to the person: they take part in none of the
        conversations, or, for `label` and `assign`, in none on the shop's side.

    Raises:
        Refused: see `queries.find`.
    """
    rows = list(queries.find(actor, list(ids)).values())
    if kind == "snooze":
        return _times(actor, rows) if rows else None
    ours = [row for row in rows if row.side_of(actor.pk) is Side.SELLER]
    if not ours:
        return None
    return _labels(ours) if kind == "label" else _people(ours)


def _times(actor: Person, rows: list[Conversation]) -> Choices:
    now = timezone.now()
    own = queries.own_states(actor, [row.pk for row in rows])
    return Choices(
        snoozes=snoozes(now),
        woken_until=woken_until(rows[0], own.get(rows[0].pk), now) if len(rows) == 1 else None,
        is_asleep=any(row.pk in own and is_asleep(row, own[row.pk]) for row in rows),
    )


def _labels(rows: list[Conversation]) -> Choices:
    shop_ids = {row.shop_id for row in rows}
    on = ConversationLabel.objects.filter(conversation__in=listed([row.pk for row in rows]))
    counted = on.order_by().values_list("label_id").annotate(Count("pk"))
    numbers: dict[int, int] = dict(counted)
    labels = list(Label.objects.filter(shop_id__in=shop_ids).order_by("folded_name", "pk"))
    sizes = {pk: sum(row.shop_id == pk for row in rows) for pk in shop_ids}
    return Choices(
        addable=[one for one in labels if numbers.get(one.pk, 0) < sizes[one.shop_id]],
        removable=[one for one in labels if one.pk in numbers],
    )


def _people(rows: list[Conversation]) -> Choices:
    return Choices(
        colleagues=colleagues_of({row.shop_id for row in rows}),
        assignees={row.assignee_id for row in rows},
    )
