"""When shops are open. Features use a `Schedule` for more.

Each function makes one query, and another one if the shop has no hours.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from messaging.host import Shop, host, shop_model
from messaging.models import OpeningHours
from trato.prepared import prepared

from .schedule import Schedule


def schedule_of(shop_id: int) -> Schedule:
    """Return a shop's schedule; one that is always open if it has no hours."""
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


def is_open(shop_id: int, at: datetime) -> bool:
    """Whether a shop is open at a moment."""
    return schedule_of(shop_id).is_open(at)


def next_opening(shop_id: int, after: datetime) -> datetime | None:
    """Return when a shop opens next: the moment itself if it is open, None if it never opens."""
    return schedule_of(shop_id).next_opening(after)


def open_seconds(shop_id: int, start: datetime, end: datetime) -> int:
    """Return how long a shop is open between two moments, in whole seconds."""
    return schedule_of(shop_id).open_seconds(start, end)


@prepared
def _hours(shop_id: int) -> QuerySet[OpeningHours]:
    return OpeningHours.objects.filter(shop_id=shop_id).select_related("shop")
