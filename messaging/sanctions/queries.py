"""Queries for people's sanctions."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext

from messaging.access import muted
from messaging.models import Conversation, Decision, Message, Sanction, Side
from trato import rate_limits
from trato.array_parameters import listed
from trato.clock import database_now
from trato.errors import Refused, when_shown

from . import sql

KINDS = {
    Decision.Measure.MUTE: Sanction.Kind.MUTE,
    Decision.Measure.LIMIT: Sanction.Kind.LIMIT,
    Decision.Measure.SUSPEND: Sanction.Kind.SUSPENSION,
}


def is_over_limit(conversation: Conversation, sender_id: int) -> bool:
    """Whether a limited person has used up today's messages to shops that haven't answered."""
    answers = Message.objects.filter(side=Side.SELLER, is_automatic=False)
    is_shopper = conversation.consumer_id == sender_id
    if not is_shopper or answers.filter(conversation=conversation.pk).exists():
        return False
    sent = Message.objects.filter(
        ~Exists(answers.filter(conversation=OuterRef("conversation"))),
        conversation__consumer_id=sender_id,
        sender_id=sender_id,
        created_at__gt=Now() - timedelta(days=1),
    )
    return sent.count() >= settings.LIMITED_MESSAGES_PER_DAY


def time_to_write(sender_id: int) -> datetime:
    """Return the time for a message, under its conversation's lock, unless its sender is muted.

    The query that took the lock sees the data from before it waited, so on PostgreSQL the query for
    the time checks again. On SQLite nobody else writes meanwhile.

    Raises:
        Refused: `forbidden`, see `access.muted`.
    """
    if connection.vendor == "sqlite":
        return database_now()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT clock_timestamp(), {sql.muted_until('%s')}", [sender_id])
        now, until = cursor.fetchone()
    if until is not None:
        raise muted(until)
    return cast(datetime, now)


def require_within_limit(conversation: Conversation, sender_id: int) -> None:
    """Refuse a limited person's message over the limit.

    Raises:
        Refused: `forbidden`.
    """
    if is_over_limit(conversation, sender_id):
        raise over_limit()


def in_force_until(person_id: int, measure: str) -> tuple[bool, datetime | None]:
    """Return whether a measure is in force for a person, and until when; None means for good."""
    rows = Sanction.in_force(KINDS[Decision.Measure(measure)]).filter(person=person_id)
    ends = list(rows.values_list("ends_at", flat=True))
    return bool(ends), max((end for end in ends if end), default=None) if None not in ends else None


def unmuted(user_ids: Sequence[int]) -> list[int]:
    """Return the people who are not muted, in the same order."""
    mutes = Sanction.in_force(Sanction.Kind.MUTE).filter(person__in=user_ids)
    muted = set(mutes.values_list("person", flat=True))
    return [pk for pk in user_ids if pk not in muted]


def muted_among(user_ids: Collection[int]) -> dict[int, datetime]:
    """Return when people's mutes end, by ID; people who aren't muted are missing."""
    mutes = Sanction.in_force(Sanction.Kind.MUTE).filter(person__in=listed(user_ids))
    return {
        pk: until
        for pk, until in mutes.order_by("ends_at").values_list("person", "ends_at")
        if until
    }


def count_conversation(person_id: int) -> None:
    """Count a new conversation started by a limited person.

    Raises:
        Refused: `rate_limited` if they have started as many as they may today.
    """
    if Sanction.in_force(Sanction.Kind.LIMIT).filter(person_id=person_id).exists():
        rate_limits.hit("LIMITED_CONVERSATIONS_PER_DAY", person_id)


def over_limit() -> Refused:
    """Return the refusal of a limited person's message over the limit."""

    def text() -> str:
        return gettext(
            "Our staff have limited your account: you can send %(count)s messages a day to shops "
            "that haven't answered you. Open “My standing” in your account's menu to read why."
        ) % {"count": settings.LIMITED_MESSAGES_PER_DAY}

    return Refused("forbidden", when_shown(text))
