"""What a person may ask about and has asked, and how fast a shop replies."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from messaging.host import Product, Shop, host, product_model, shop_model
from messaging.models import Conversation, Message
from trato.prepared import prepared

REPLY_TIME_DAYS = 90
REPLY_TIME_SAMPLE = 200  # the shop's latest conversations
HOUR_SECONDS, DAY_SECONDS = 3600, 86400


def shop_answers(shop_id: int, product_id: int | None, user_id: int | None) -> dict[str, Any]:
    """Return everything that the panel "Ask the seller" needs, with one query.

    Returns:
        mine: the reader's existing conversation there, or None.
        is_own_shop: whether the reader works for the shop.
        sent_id, sent_body: `client_id` and words of the reader's latest message there, or None.
        answered, within_hour, within_day: how many of the shop's latest conversations, of the
            last `REPLY_TIME_DAYS` days, it answered at all, within an hour, within a day.
    """
    since = timezone.now() - timedelta(days=REPLY_TIME_DAYS)
    [answers] = _answers(since, shop_id, product_id, user_id, sample=REPLY_TIME_SAMPLE)
    replies = answers.pop("replies") or {"answered": 0, "within_hour": 0, "within_day": 0}
    return answers | replies


@prepared
def _answers(
    since: datetime, shop_id: int, product_id: int | None, user_id: int | None, *, sample: int
) -> QuerySet[Any, dict[str, Any]]:
    shops = shop_model()._default_manager.filter(pk=shop_id)
    members = host.active_members().filter(shop_id=OuterRef("pk"), user_id=user_id)
    asked = Conversation.objects.filter(
        Q(product_id=product_id), shop_id=OuterRef("pk"), consumer_id=user_id
    )
    own = Message.objects.filter(
        conversation=OuterRef("mine"), sender=user_id, removed_at=None
    ).order_by("-sequence")
    rows: QuerySet[Any, dict[str, Any]] = shops.annotate(
        is_own_shop=Exists(members),
        mine=Subquery(asked.values("pk")[:1]),
        sent_id=Subquery(own.values("client_id")[:1]),
        sent_body=Subquery(own.values("body")[:1]),
        replies=Subquery(_replies(shop_id, since, sample)),
    ).values("is_own_shop", "mine", "sent_id", "sent_body", "replies")
    return rows


def _replies(shop_id: int, since: datetime, size: int) -> QuerySet[Any, dict[str, int]]:
    """Measure how fast a shop replies, from a sample: 50,000 conversations would take too long."""
    heard = Conversation.objects.filter(shop_id=shop_id, last_message_hour__isnull=False)
    sample = heard.order_by("-last_message_hour")[:size]
    answered = Conversation.objects.filter(
        pk__in=sample.values("pk"), created_at__gte=since, first_reply_seconds__isnull=False
    )
    return answered.values("shop").values_list(
        JSONObject(
            answered=Count("pk"),
            within_hour=Count("pk", filter=Q(first_reply_seconds__lte=HOUR_SECONDS)),
            within_day=Count("pk", filter=Q(first_reply_seconds__lte=DAY_SECONDS)),
        )
    )


def may_be_asked_about(user: Any, product: Product) -> bool:
    """Whether a product is on sale, or the person has asked about it before."""
    return host.is_available(product) or conversation_about(user, product) is not None


def conversation_about(user: Any, subject: Product | Shop) -> Conversation | None:
    is_product = isinstance(subject, product_model())
    about = {"product": subject} if is_product else {"product": None, "shop": subject}
    return Conversation.objects.filter(consumer_id=user.pk, **about).first()
