"""Hold the same text to many shops, floods of first messages, and watched people's first messages.

Only what a shopper writes before the shop has answered is judged, and only in conversations that
were marked when the shopper started them, having started others within `SPAM_WINDOW_HOURS`. So most
sends cost nothing, and shops that answer many shoppers with the same text aren't affected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from messaging.held.models import SpamReason
from messaging.models import Conversation, HeldMessage, Message, PersonTrust, Side
from messaging.similar import texts
from trato.people import Person
from trato.retention import ago

from .queries import Status, trust_of

LOCK_SPACE = 0x5350414D  # "SPAM", among PostgreSQL's advisory locks with two keys


@dataclass(frozen=True)
class Limits:
    """The number of shops a person may write to first, in all and with nearly the same text."""

    shops: int
    same_text: int

    @property
    def least(self) -> int:
        return min(self.shops, self.same_text)


def limits_of(status: str) -> Limits:
    """Return the limits of a status within `SPAM_WINDOW_HOURS`."""
    if status == Status.NEW:
        return Limits(settings.SPAM_SHOPS_OF_NEW, settings.SPAM_SAME_TEXT_SHOPS_OF_NEW)
    return Limits(settings.SPAM_SHOPS, settings.SPAM_SAME_TEXT_SHOPS)


def is_to_be_judged(shopper: Person, shop_id: int) -> bool:
    """Whether to mark a conversation that a shopper is about to start. Needs the shopper's lock."""
    shops = _others(shopper.pk, shop_id).values("shop").distinct().count()
    if shops < min(limits_of(status).least for status in (Status.NEW, Status.ORDINARY)):
        watched = PersonTrust.objects.filter(user=shopper.pk, status=Status.WATCHED)
        return watched.exists()
    status = trust_of(shopper).status
    if status in (Status.KNOWN_GOOD, Status.WATCHED):
        return status == Status.WATCHED
    return shops >= limits_of(status).least


def reason_to_hold(conversation: Conversation, sender: Person, body: str) -> str:
    """Return why staff have to review a message first, one of `SpamReason`; empty if they don't.

    Once the shop has answered, the conversation's mark is removed.

    Args:
        conversation: locked.
    """
    if not conversation.checks_spam or conversation.consumer_id != sender.pk:
        return ""
    said = conversation.messages.filter(is_automatic=False)
    if said.filter(side=Side.SELLER).exists():
        conversation.checks_spam = False
        Conversation.objects.filter(pk=conversation.pk).update(checks_spam=False)
        return ""
    _wait_for_other_sends(sender.pk)
    status = trust_of(sender).status
    if status == Status.KNOWN_GOOD:
        return ""
    limits = limits_of(status)
    if not said.exists():
        if status == Status.WATCHED:
            return SpamReason.WATCHED
        if _shops_written_to(sender.pk, conversation.shop_id) >= limits.shops:
            return SpamReason.MANY_SHOPS
    if _is_said_to_many(conversation, body, limits.same_text):
        return SpamReason.SAME_TEXT
    return ""


def _others(shopper_id: int, shop_id: int) -> QuerySet[Conversation]:
    """Return a shopper's conversations with other shops that began or continued in the window."""
    is_recent = Q(created_at__gte=_since()) | Q(last_message_at__gte=_since())
    rows = Conversation.objects.filter(is_recent, consumer=shopper_id)
    return rows.exclude(shop=shop_id).order_by()


def _shops_written_to(shopper_id: int, shop_id: int) -> int:
    own: dict[str, Any] = {"conversation": OuterRef("pk"), "sender": shopper_id}
    said = Exists(Message.objects.filter(**own)) | Exists(HeldMessage.objects.filter(**own))
    return _others(shopper_id, shop_id).filter(said).values("shop").distinct().count()


def _is_said_to_many(conversation: Conversation, body: str, most: int) -> bool:
    """Whether the allowed number of other shops has already got nearly the same text."""
    compared = texts.letters(body)
    if not texts.is_long_enough(compared):
        return False
    shops: set[int] = set()
    for shop_id, said in _said_to_others(conversation):
        if shop_id not in shops and texts.are_alike(compared, texts.letters(said)):
            shops.add(shop_id)
            if len(shops) >= most:
                return True
    return False


def _said_to_others(conversation: Conversation) -> Iterator[tuple[int, str]]:
    """Yield the shop and text of each message that the shopper sent elsewhere, even if held."""
    others = _others(conversation.consumer_id, conversation.shop_id)
    own = Q(conversation__in=others, sender=conversation.consumer_id)
    for model in (Message, HeldMessage):
        rows: Any = model._default_manager.filter(own).exclude(body="").order_by("-pk")
        yield from rows.values_list("conversation__shop", "body")[: settings.SPAM_COMPARED_MAX]


def _wait_for_other_sends(shopper_id: int) -> None:
    """Judge one message of a person at a time, so that simultaneous copies are compared.

    SQLite needs no lock, because it has only one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            keys = [LOCK_SPACE, shopper_id % 2**31]
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", keys)


def _since() -> datetime:
    return ago(hours=settings.SPAM_WINDOW_HOURS)
