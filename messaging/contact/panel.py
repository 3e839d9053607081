"""The panel "Ask the seller" on product and shop pages."""

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from messaging.host import Product, Shop, host
from messaging.opening_hours.closed_banner import closed_now
from messaging.opening_hours.queries import hours_from

from . import queries

ANSWERS_MIN = 3  # before the panel says how fast a shop replies
HOUR_SECONDS, WHOLE_DAY_SECONDS = 3600, 86_400


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
        "report_url": reverse(
            "messaging:report_product", args=[getattr(product, host.product_slug_field)]
        )
        if product
        else reverse("messaging:report_shop", args=[getattr(shop, host.shop_slug_field)]),
        "draft": "",
        "ready_questions": ready_questions if product else [],
        "reply_time": _reply_time(answers),
        "closed": closed_now(hours_from(shop, answers["week"], answers["days_off"])),
        "client_id": uuid.uuid4(),
        "max_characters": settings.MESSAGE_MAX_CHARACTERS,
    }


def _reply_time(answers: dict[str, Any]) -> str:
    """Return the usual (median) reply time in words, by the clock of `messaging.figures`."""
    median, day = answers["median_seconds"], answers["day_seconds"]
    if answers["samples"] < ANSWERS_MIN or median is None:
        return ""
    in_hours = day < WHOLE_DAY_SECONDS  # the shop has set opening hours, and only they count
    if median <= HOUR_SECONDS:
        if in_hours:
            return _("Usually answers within an hour of its opening hours")
        return _("Usually answers within an hour")
    if median <= day:
        if in_hours:
            return _("Usually answers within one opening day")
        return _("Usually answers within a day")
    if in_hours:
        return _("Usually takes more than one opening day to answer")
    return _("Usually takes more than a day to answer")
