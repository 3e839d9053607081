"""The actions available on a conversation's page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.host import host
from messaging.models import Conversation, ConversationLabel, Label, Participant, Side
from trato.prepared import prepared

from .frames import OwnState, holds

EVENING, MORNING = time(18), time(9)


@dataclass(frozen=True)
class Colleague:
    id: int
    name: str


@dataclass(frozen=True)
class Team:
    """The part that only the shop's side sees.

    Args:
        assignee: who takes care of the conversation; None if nobody does, or if that person has
            left the shop or is suspended.
        former: the name of an assignee who has left.
        labels: all labels of the shop; `is_on` tells whether a label is on the conversation.
    """

    assignee: Colleague | None
    former: str
    colleagues: list[Colleague]
    labels: list[Label]

    @property
    def can_add_label(self) -> bool:
        """Whether the shop has a label that is not on the conversation."""
        return not all(label.is_on for label in self.labels)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Panel:
    """Everything that can be done with a conversation.

    Args:
        woken_until: the end of a snooze that a message has ended early.
        snoozes: times to choose from, with their names.
    """

    own: OwnState
    woken_until: datetime | None
    snoozes: list[tuple[str, datetime]]
    team: Team | None


def panel(conversation: Conversation, side: Side, own: Participant | None) -> Panel:
    """Return what one side can do with a conversation. Makes two queries for the shop's side.

    Args:
        own: the person's row, or None if there is none.
    """
    now = timezone.now()
    return Panel(
        own=OwnState.of(conversation, own),
        woken_until=woken_until(conversation, own, now),
        snoozes=snoozes(now),
        team=_team(conversation) if side is Side.SELLER else None,
    )


def woken_until(
    conversation: Conversation, own: Participant | None, now: datetime
) -> datetime | None:
    """Return the end of a person's snooze if a message has ended it early."""
    until = own.snoozed_until if own else None
    if own is None or until is None or until <= now:
        return None
    return None if holds(own.snoozed_sequence, conversation) else until


def snoozes(now: datetime) -> list[tuple[str, datetime]]:
    """Return the usual times for the end of a snooze, with names, in the reader's time zone."""
    local = timezone.localtime(now)
    choices = [
        (_("This evening"), _at(local, 0, EVENING)),
        (_("Tomorrow morning"), _at(local, 1, MORNING)),
        (_("Monday morning"), _at(local, 7 - local.weekday(), MORNING)),
    ]
    soon = now + timedelta(hours=1)
    # On Sundays, tomorrow is Monday.
    return [
        (name, at)
        for place, (name, at) in enumerate(choices)
        if at > soon and at not in [other for _name, other in choices[:place]]
    ]


def _at(local: datetime, days: int, hour: time) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), hour, tzinfo=local.tzinfo)


def colleagues_of(shop_ids: Collection[int]) -> list[Colleague]:
    """Return the active members of shops, by name. Makes one query."""
    people = _people(*sorted(shop_ids)) if shop_ids else []
    return sorted(
        (Colleague(person.pk, host.display_name(person)) for person in people),
        key=lambda one: one.name.casefold(),
    )


@prepared
def _people(*shop_ids: int) -> QuerySet[Any]:
    members = host.active_members().filter(shop_id__in=shop_ids).order_by()
    people = get_user_model()._default_manager.filter(pk__in=members.values("user_id"))
    return people.only(settings.PERSON_NAME_FIELD).order_by()


def _team(conversation: Conversation) -> Team:
    colleagues = colleagues_of([conversation.shop_id])
    assignee = next((one for one in colleagues if one.id == conversation.assignee_id), None)
    former = ""
    if conversation.assignee_id and assignee is None:
        former = host.display_name(conversation.assignee)  # type: ignore[arg-type]  # has an ID
    return Team(assignee, former, colleagues, _labels(conversation.shop_id, conversation.pk))


@prepared
def _labels(shop_id: int, conversation_id: int) -> QuerySet[Label]:
    on = ConversationLabel.objects.filter(conversation_id=conversation_id, label=OuterRef("pk"))
    labels = Label.objects.filter(shop_id=shop_id).annotate(is_on=Exists(on))
    return labels.order_by("folded_name")
