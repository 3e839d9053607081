"""The panel "Ask the seller" on product and shop pages."""

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from messaging.host import Product, Shop, host

from . import queries

ANSWERS_MIN = 3  # answered conversations, before the panel says how fast a shop replies


def panel(user_id: int | None, shop: Shop, product: Product | None) -> dict[str, Any]:
    """Return the context of the panel "Ask the seller", with one query."""
    answers = queries.shop_answers(shop.pk, product.pk if product else None, user_id)
    ready_questions = [_("How long does delivery take?"), _("Can it be customised?")]
    if product and not host.is_sold_out(product):
        ready_questions.insert(0, _("Is this still available?"))
    return answers | {
        "shop_name": host.shop_name(shop),
        "product": product,
        "action": reverse("messaging:contact", args=[getattr(product, host.product_slug_field)])
        if product
        else reverse("messaging:contact_shop", args=[getattr(shop, host.shop_slug_field)]),
        "draft": "",
        "ready_questions": ready_questions if product else [],
        "reply_time": _reply_time(answers),
        "client_id": uuid.uuid4(),
        "max_characters": settings.MESSAGE_MAX_CHARACTERS,
    }


def _reply_time(answers: dict[str, int]) -> str:
    """Return the usual reply time in words: at least half of the replies were as fast."""
    if answers["answered"] < ANSWERS_MIN:
        return ""
    if answers["within_hour"] * 2 >= answers["answered"]:
        return _("Usually answers within an hour")
    if answers["within_day"] * 2 >= answers["answered"]:
        return _("Usually answers within a day")
    return _("Usually takes more than a day to answer")
