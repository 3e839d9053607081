"""Queries for a shop's team: who takes a conversation, and who gets alerts."""

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.frames import Sender
from messaging.host import Shop, host
from messaging.models import (
    AlertChoice,
    Assignment,
    Conversation,
    ConversationLabel,
    Side,
    TeamRules,
)
from trato.people import Person

Level = AlertChoice.Level


def assignments_between(
    conversation: Conversation, start: datetime | None, end: datetime | None
) -> list[Assignment]:
    """Return the newest assignments in a part of a conversation: at most a page.

    Args:
        start, end: as for `notes.queries.notes_between`.
    """
    part = Q()
    if start:
        part &= Q(created_at__gte=start)
    if end:
        part &= Q(created_at__lt=end)
    rows = assignments_of(conversation).filter(part).order_by("-team_revision")
    return list(rows[: settings.NOTE_PAGE_SIZE])[::-1]


def assignments_of(conversation: Conversation) -> QuerySet[Assignment]:
    """Return a conversation's assignments with the people in them."""
    return conversation.assignments.select_related("actor", "assignee")


def assignee_of(conversation: Conversation) -> tuple[Sender | None, str]:
    """Return a conversation's assignee, or the name of a former member who can no longer act."""
    person = conversation.assignee
    if person is None:
        return None, ""
    name = host.display_name(person)
    if host.is_member(person.pk, conversation.shop_id):
        return Sender(person.pk, name), ""
    return None, name


def labels_of(conversation: Conversation) -> list[int]:
    """Return the IDs of the labels on a conversation."""
    rows = ConversationLabel.objects.filter(conversation=conversation).order_by("label_id")
    return list(rows.values_list("label_id", flat=True))


def rules_of(shop: Shop) -> TeamRules:
    """Return a shop's rules to show and change them; unsaved if it has the defaults."""
    row = TeamRules.objects.filter(shop_id=shop.pk).first() or TeamRules()
    row.shop = shop
    return row


def takes(conversation: Conversation, sender_id: int) -> bool:
    """Whether a reply assigns a conversation to its sender, who is on the seller side.

    It does if no current member of the shop is assigned, the sender has colleagues, and the shop
    has not switched this off. Makes a query, unless the conversation is already the sender's.
    `sql.takes` is the same in SQL.
    """
    if conversation.assignee_id == sender_id:
        return False
    is_off = TeamRules.objects.filter(shop_id=conversation.shop_id, replying_takes=False)
    members = host.active_members().filter(shop_id=conversation.shop_id).order_by()
    team = set(members.exclude(Exists(is_off)).values_list("user_id", flat=True))
    return len(team) > 1 and sender_id in team and conversation.assignee_id not in team


def alerted(conversation: Conversation) -> list[int]:
    """Return the members of the shop whom a message from the shopper alerts, with one query.

    A shopper who has since joined the shop isn't one of them. `sql.silent` is the same in SQL.
    """
    shop_id, assignee_id = conversation.shop_id, conversation.assignee_id
    return [pk for pk in _alerted(shop_id, assignee_id) if pk != conversation.consumer_id]


def is_alerted(conversation: Conversation, user: Person) -> bool:
    """Whether a message from the other side alerts a person, on either side."""
    if conversation.side_of(user.pk) is Side.CONSUMER:
        return True
    return user.pk in alerted(conversation)


def everybody_is_silent(shop_id: int) -> bool:
    """Whether an unassigned conversation alerts no member of a shop."""
    return not _alerted(shop_id, None)


def level_of(user: Person, shop_id: int) -> Level:
    """Return which messages a shop's member has chosen to be alerted by."""
    row = AlertChoice.objects.filter(user_id=user.pk, shop_id=shop_id).first()
    return Level(row.level) if row else Level.ALL


def has_chosen(user: Person) -> bool:
    """Whether a person has chosen anything but `ALL`, in any shop."""
    return AlertChoice.objects.filter(user_id=user.pk).exists()


def _alerted(shop_id: int, assignee_id: int | None) -> list[int]:
    members = host.active_members().filter(shop_id=shop_id).order_by()
    is_followed = Q(level__in=(Level.MINE_AND_NOBODYS, Level.MINE), user_id=assignee_id)
    nobodys = Q(level=Level.MINE_AND_NOBODYS)
    if assignee_id:
        nobodys &= ~Q(Exists(members.filter(user_id=assignee_id)))
    own = AlertChoice.objects.filter(shop_id=OuterRef("shop_id"), user_id=OuterRef("user_id"))
    alerted = members.exclude(Exists(own.exclude(is_followed | nobodys)))
    return list(alerted.values_list("user_id", flat=True))
