"""What the panel on a product or shop page says about the shop's answers."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from messaging.host import host, shop_model
from messaging.models import Conversation, Message

REPLY_TIME_DAYS = 90
REPLY_TIME_SAMPLE = 200  # conversations, the latest ones


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
