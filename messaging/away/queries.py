"""Find where an automatic reply may be due, and decide whether it is."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from messaging.host import Shop
from messaging.models import AwayWords, Conversation, Lane, Message, hour_of
from messaging.opening_hours.schedule import Schedule
from messaging.sides import Side


class Waiting(NamedTuple):
    """A conversation that waits for a shop that may be away, with its last message."""

    conversation_id: int
    last_sequence: int


def words_of(shop: Shop) -> AwayWords:
    """Return a shop's away texts to show and change; unsaved if it has none."""
    row = AwayWords.objects.filter(shop_id=shop.pk).first() or AwayWords()
    row.shop = shop
    return row


def active(now: datetime) -> QuerySet[AwayWords]:
    """Return the away texts of the shops that may reply automatically now."""
    return AwayWords.objects.filter(Q(is_on=True) | Q(until__gt=now))


def waiting(now: datetime, shop_ids: Collection[int]) -> list[Waiting]:
    """Return the conversations of these shops in which a shopper wrote recently and is waiting."""
    since = now - timedelta(seconds=settings.AWAY_ANSWER_WITHIN_SECONDS)
    rows = Lane.objects.filter(
        shop_id__in=shop_ids,
        turn=Side.SELLER,
        hour__gte=hour_of(since),
        conversation__last_message_at__gt=since,
        conversation__blocked_by="",
    ).order_by("conversation__last_message_at")
    return [Waiting(*row) for row in rows.values_list("pk", "conversation__last_sequence")]


def words_for(message: Message, words: AwayWords, hours: Schedule, now: datetime) -> str:
    """Return what the shop replies to a message, or an empty string.

    The shop must have been away when the message arrived, and still be away now: a shopper who
    reads "We're closed" a minute after the shop has opened would be confused.
    """
    at = message.created_at
    if at < words.changed_at:
        return ""
    if words.until and now < words.until:
        return words.until_words or words.words
    if words.is_on and not hours.is_open(at) and not hours.is_open(now):
        return words.words
    return ""


def answered_lately(conversation: Conversation, message: Message) -> bool:
    """Whether somebody from the shop wrote shortly before a message."""
    since = message.created_at - timedelta(seconds=settings.AWAY_QUIET_SECONDS)
    said = conversation.messages.filter(side=Side.SELLER, is_automatic=False)
    return said.filter(created_at__gt=since).exists()
