"""Queries for asking: a person's question, its product, and how fast a shop replies."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from messaging.host import Product, Shop, host, product_model, shop_model
from messaging.models import NOT_HIDDEN, Conversation, Message, OpeningHours, ReplyTime
from trato.prepared import prepared


def shop_answers(shop_id: int, product_id: int | None, user_id: int | None) -> dict[str, Any]:
    """Return everything that the panel "Ask the seller" needs, with one query.

    Returns:
        mine: the reader's existing conversation there, or None.
        is_own_shop: whether the reader works for the shop.
        sent_id, sent_body: `client_id` and text of the reader's latest message there, or None.
        samples, median_seconds, day_seconds: how fast the shop usually replies, see `ReplyTime`.
        week, days_off: the shop's opening hours, as in `OpeningHours`; None if it has none.
    """
    [answers] = _answers(shop_id, product_id, user_id)
    replies = answers.pop("replies") or {"samples": 0, "median_seconds": None, "day_seconds": 0}
    return answers | replies


@prepared
def _answers(
    shop_id: int, product_id: int | None, user_id: int | None
) -> QuerySet[Any, dict[str, Any]]:
    shops = shop_model()._default_manager.filter(pk=shop_id)
    members = host.active_members().filter(shop_id=OuterRef("pk"), user_id=user_id)
    # Leave out a conversation with nothing but uploads, because its question was never sent.
    asked = Conversation.objects.filter(
        Q(last_sequence__gt=0) | Q(has_held=True),
        Q(product_id=product_id),
        shop_id=OuterRef("pk"),
        consumer_id=user_id,
    )
    own = Message.objects.filter(
        conversation=OuterRef("mine"), sender=user_id, **NOT_HIDDEN
    ).order_by("-sequence")
    times = ReplyTime.objects.filter(shop_id=OuterRef("pk"))
    replies = times.values_list(
        JSONObject(samples="samples", median_seconds="median_seconds", day_seconds="day_seconds")
    )
    hours = OpeningHours.objects.filter(shop_id=OuterRef("pk"))
    rows: QuerySet[Any, dict[str, Any]] = shops.annotate(
        is_own_shop=Exists(members),
        mine=Subquery(asked.values("pk")[:1]),
        sent_id=Subquery(own.values("client_id")[:1]),
        sent_body=Subquery(own.values("body")[:1]),
        replies=Subquery(replies),
        week=Subquery(hours.values("week")),
        days_off=Subquery(hours.values("days_off")),
    ).values("is_own_shop", "mine", "sent_id", "sent_body", "replies", "week", "days_off")
    return rows


def may_be_asked_about(user: Any, product: Product) -> bool:
    """Whether a product is on sale, or the person has asked about it before."""
    return host.is_available(product) or conversation_about(user, product) is not None


def conversation_about(user: Any, subject: Product | Shop) -> Conversation | None:
    is_product = isinstance(subject, product_model())
    about = {"product": subject} if is_product else {"product": None, "shop": subject}
    return Conversation.objects.filter(consumer_id=user.pk, **about).first()
