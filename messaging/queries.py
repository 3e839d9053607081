"""Reading: pages of messages, read marks, and the list of conversations."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from notifications.models import Notification
from trato.pagination import TOP, Page, Place, Start, page
from trato.people import Person, name_column_of

from . import access
from . import search as find
from .host import host, shop_model
from .inbox import queries
from .models import SUBJECT_KIND as SUBJECT_KIND
from .models import Conversation, Message, Participant, Side

# What a list draws: five whole models a row take a quarter longer to read.
DRAWN = (
    "product_title", "product_image", "last_message_at", name_column_of("consumer"),
    f"shop__{host.shop_name_field}", "last_message__side", "last_message__body",
    "last_message__removed_at", name_column_of("last_message__sender"),
)  # fmt: skip
REPLY_TIME_DAYS = 90
REPLY_TIME_SAMPLE = 200  # conversations, the latest ones


def messages_since(conversation: Conversation, revision: int) -> tuple[list[Message], bool]:
    """What was created or changed after a revision, in order of revision, and whether more was."""
    rows = _messages(conversation).filter(revision__gt=revision).order_by("revision")
    return _page(rows, settings.MESSAGE_PAGE_SIZE)


def latest_messages(conversation: Conversation) -> tuple[list[Message], bool]:
    """The end of a conversation, oldest first, and whether there are older ones."""
    rows, more = _page(_messages(conversation).order_by("-sequence"), settings.HISTORY_PAGE_SIZE)
    return rows[::-1], more


def messages_before(conversation: Conversation, sequence: int) -> tuple[list[Message], bool]:
    """A page of older messages, oldest first, and whether there are still older ones."""
    older = _messages(conversation).filter(sequence__lt=sequence).order_by("-sequence")
    rows, more = _page(older, settings.HISTORY_PAGE_SIZE)
    return rows[::-1], more


def read_marks(conversation: Conversation) -> dict[str, int]:
    """How far each side has read: of a shop, the colleague who has read furthest."""
    return _furthest(conversation.participants.all())


def read_marks_and_own(conversation: Conversation, user: Person) -> tuple[dict[str, int], int]:
    """How far each side has read, and how far one person has, in one query."""
    participants = list(conversation.participants.all())
    own = next((p.last_read_sequence for p in participants if p.user_id == user.pk), 0)
    return _furthest(participants), own


def _furthest(participants: Iterable[Participant]) -> dict[str, int]:
    marks = dict.fromkeys(Side.values, 0)
    for participant in participants:
        marks[participant.side] = max(marks[participant.side], participant.last_read_sequence)
    return marks


def revisions(conversation_ids: Iterable[int]) -> dict[int, int]:
    """The top revision of several conversations, in one query."""
    rows = Conversation.objects.filter(pk__in=list(conversation_ids))
    return dict(rows.values_list("pk", "revision"))


def conversation_list(
    user: Person, start: Start = TOP, *, search: str = "", unread_only: bool = False
) -> Page[Conversation]:
    """A page of a person's conversations that have a message, the newest first.

    Each has `is_unread`: whether the badge counts it. Only those, if asked for, come by the time of
    the news instead. A search reads on towards older ones alone, and may have places further back
    to look at although it found nothing up to there.
    """
    size = settings.CONVERSATION_PAGE_SIZE
    scope = access.scope_of(user)

    def upcoming(start: Start, limit: int) -> list[Place]:
        keys = queries.upcoming(scope, start, limit, unread_only=unread_only)
        return [Place(at, pk) for pk, at in keys]

    if search:
        before = None if start.newer else start.place
        places, older = find.found(scope, search, before, size, unread_only=unread_only)
        found = Page(places, older=older)
    else:
        found = page(upcoming, lambda place: place, start, size)
    return Page(_drawable(user, found.rows), older=found.older, newer=found.newer)


def _drawable(user: Person, places: list[Place]) -> list[Conversation]:
    """The conversations at some places, with all that a list draws of them."""
    unread = Notification.objects.filter(
        recipient_id=user.pk, subject_kind=SUBJECT_KIND, subject_id=OuterRef("pk"), read_at=None
    )
    rows = (
        access.conversations_of(user)
        .filter(pk__in=[place.pk for place in places])
        .select_related("consumer", "shop", "last_message__sender")
        .only(*DRAWN)
        .annotate(is_unread=Exists(unread))
        .in_bulk()
    )
    return [rows[place.pk] for place in places if place.pk in rows]


@dataclass(frozen=True)
class ShopAnswers:
    """What a reader's panel on a shop's product shows.

    Args:
        mine: the conversation that the reader already has there, or None.
        is_own: whether the reader works for the shop.
        sent_id, sent_body: `client_id` and words of the reader's latest message there, or None.
        answered, within_hour, within_day: how many of the shop's latest conversations, of the
            last `REPLY_TIME_DAYS` days, it answered at all, within an hour, within a day.
    """

    mine: int | None
    is_own: bool
    sent_id: uuid.UUID | None = None
    sent_body: str | None = None
    answered: int = 0
    within_hour: int = 0
    within_day: int = 0


def shop_answers(shop_id: int, product_id: int | None, user_id: int | None) -> ShopAnswers:
    """All that the panel "Ask the seller" needs, in one query."""
    shops = shop_model()._default_manager.filter(pk=shop_id)
    members = host.active_members().filter(shop_id=OuterRef("pk"), user_id=user_id)
    asked = Conversation.objects.filter(
        Q(product_id=product_id), shop_id=OuterRef("pk"), consumer_id=user_id
    )
    own = Message.objects.filter(
        conversation=OuterRef("mine"), sender=user_id, removed_at=None
    ).order_by("-sequence")
    row = shops.annotate(
        is_own=Exists(members),
        mine=Subquery(asked.values("pk")[:1]),
        sent_id=Subquery(own.values("client_id")[:1]),
        sent_body=Subquery(own.values("body")[:1]),
        replies=Subquery(_replies(shop_id)),
    ).values("is_own", "mine", "sent_id", "sent_body", "replies")
    found = row.get()
    replies = found.pop("replies") or {}
    return ShopAnswers(**found, **replies)


def _replies(shop_id: int) -> QuerySet[Any, dict[str, int]]:
    """How fast a shop answers, from a sample: a shop of 50,000 conversations costs no more."""
    heard = Conversation.objects.filter(shop_id=shop_id, last_message_at__isnull=False)
    sample = heard.order_by("-last_message_at")[:REPLY_TIME_SAMPLE]
    since = timezone.now() - timedelta(days=REPLY_TIME_DAYS)
    answered = Conversation.objects.filter(
        pk__in=sample.values("pk"), created_at__gte=since, first_reply_seconds__isnull=False
    )
    return answered.values("shop").values_list(
        JSONObject(
            answered=Count("pk"),
            within_hour=Count("pk", filter=Q(first_reply_seconds__lte=3600)),
            within_day=Count("pk", filter=Q(first_reply_seconds__lte=86400)),
        )
    )


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.select_related("sender")


def _page(rows: QuerySet[Message], size: int) -> tuple[list[Message], bool]:
    found = list(rows[: size + 1])
    return found[:size], len(found) > size
