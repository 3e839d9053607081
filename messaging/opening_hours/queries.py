"""Load when shops are open: each function makes one query, or two if a shop has no hours."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from messaging.host import Shop, host, shop_model
from messaging.models import Conversation, OpeningHours
from trato.prepared import prepared

from .schedule import Schedule


def schedule_of(shop_id: int) -> Schedule:
    """Return a shop's schedule. A shop without hours is always open."""
    rows = _hours(shop_id)
    if rows:
        return rows[0].schedule
    shop = shop_model()._default_manager.get(pk=shop_id)
    return Schedule(ZoneInfo(host.shop_time_zone(shop)))


def row_of(shop: Shop) -> OpeningHours:
    """Return a shop's hours to show and change them; unsaved if it has none."""
    row = OpeningHours.objects.filter(shop_id=shop.pk).first() or OpeningHours()
    row.shop = shop
    return row


def hours_of(conversation: Conversation) -> OpeningHours:
    """Return the hours of a conversation's shop, without a query if they are loaded with it."""
    loaded: Any = conversation
    if not hasattr(loaded, "week"):  # see `access.conversation_for`
        return row_of(conversation.shop)
    return hours_from(conversation.shop, loaded.week, loaded.days_off)


def hours_from(shop: Shop, week: Any, days_off: Any) -> OpeningHours:
    """Return the hours from loaded columns; both are None if the shop has no hours."""
    return OpeningHours(shop=cast(Any, shop), week=week or [], days_off=days_off or {})


@prepared
def _hours(shop_id: int) -> QuerySet[OpeningHours]:
    return OpeningHours.objects.filter(shop_id=shop_id).select_related("shop")
