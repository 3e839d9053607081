"""Queries for a shop's figures; each function takes one query, however many waits there are."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from messaging.host import host
from messaging.models import Contest, Report, Side, Wait


def counted(shop_id: int, since: datetime) -> QuerySet[Wait]:
    """Return a shop's waits that count.

    The shop's own members as shoppers don't count. Neither do conversations in which the shop has
    reported the shopper, unless staff found nothing wrong.
    """
    members = host.active_members().filter(
        shop_id=shop_id, user_id=OuterRef("conversation__consumer_id")
    )
    reports = Report.objects.exclude(outcome=Report.Outcome.DISMISSED)
    of_messages = reports.filter(
        message__conversation_id=OuterRef("conversation_id"), message__side=Side.CONSUMER
    )
    as_a_whole = reports.filter(conversation_id=OuterRef("conversation_id")).exclude(
        reporter_id=OuterRef("conversation__consumer_id")
    )
    rows = Wait.objects.filter(shop_id=shop_id, asked_at__gte=since)
    return rows.filter(~Exists(members), ~Exists(of_messages), ~Exists(as_a_whole))


def usual_reply(shop_id: int, now: datetime) -> tuple[int, int | None]:
    """Return how many replies there were, and the median of their open seconds.

    Contested waits count: shoppers see what happened, not the shop's view of it.
    """
    since = now - timedelta(days=settings.FIGURES_DAYS_MAX)
    answered = counted(shop_id, since).filter(answered_at__isnull=False)
    return median(answered)


def median(waits: QuerySet[Wait]) -> tuple[int, int | None]:
    """Return the number of waits and their median: for an even number, the larger middle one."""
    number = waits.count()
    if not number:
        return 0, None
    middle = waits.order_by("seconds").values_list("seconds", flat=True)
    return number, middle[number // 2]


def late(waits: QuerySet[Wait], late_since: datetime) -> QuerySet[Wait]:
    """Return the waits that took longer than a day; open ones only if asked before `late_since`."""
    is_late = Q(seconds__gt=F("day_seconds")) | Q(answered_at=None, asked_at__lt=late_since)
    rows = waits.filter(is_late).order_by("-asked_at", "-pk")
    return rows.select_related("conversation__consumer", "answered_by")


def contests_of(waits: list[Wait]) -> dict[int, Contest]:
    """Return the contests of these waits, by wait, without withdrawn ones."""
    rows = Contest.objects.filter(wait__in=waits, withdrawn_at=None).select_related("by")
    return {row.wait_id: row for row in rows}


def summary(waits: QuerySet[Wait]) -> dict[str, int]:
    """Count the replies, those within a day, and the contested ones."""
    answered = Q(answered_at__isnull=False)
    return waits.annotate(is_contested=Exists(_contests())).aggregate(
        answered=Count("pk", filter=answered),
        within_day=Count("pk", filter=answered & Q(seconds__lte=F("day_seconds"))),
        contested=Count("pk", filter=Q(is_contested=True)),
        without=Count("pk", filter=answered & Q(is_contested=False)),
        without_within_day=Count(
            "pk", filter=answered & Q(is_contested=False, seconds__lte=F("day_seconds"))
        ),
    )


def ages(waits: QuerySet[Wait], borders: list[datetime]) -> list[int]:
    """Count the open waits by age: since the first border, between two, before the last."""
    edges = [None, *borders, None]
    filters = [
        Q(**{"asked_at__lt": younger} if younger else {})
        & Q(**{"asked_at__gte": older} if older else {})
        for younger, older in pairwise(edges)
    ]
    open_waits = waits.filter(answered_at=None)
    counts = open_waits.aggregate(
        **{f"n{number}": Count("pk", filter=one) for number, one in enumerate(filters)}
    )
    return [counts[f"n{number}"] for number in range(len(filters))]


def by_hour(waits: QuerySet[Wait], zone: Any) -> dict[tuple[int, int], int]:
    """Count the questions by weekday (1 is Monday) and hour, in the shop's time zone."""
    rows = waits.order_by().values_list(
        ExtractIsoWeekDay("asked_at", tzinfo=zone), ExtractHour("asked_at", tzinfo=zone)
    )
    return {(day, hour): number for day, hour, number in rows.annotate(number=Count("pk"))}


def by_product(waits: QuerySet[Wait], limit: int) -> list[tuple[str, int]]:
    """Return the titles of the products with the most questions, and how many each has."""
    rows: QuerySet[Any, Any] = waits.filter(conversation__product__isnull=False).order_by()
    titled = rows.values("conversation__product_id").annotate(
        title=Max("conversation__product_title"), number=Count("pk")
    )
    most = titled.order_by("-number", "title")[:limit]
    return [(row["title"], row["number"]) for row in most]


def by_colleague(waits: QuerySet[Wait], limit: int) -> list[Any]:
    """Return how many replies each colleague gave, and how many of them within a day."""
    rows = waits.filter(answered_at__isnull=False).order_by().values("answered_by")
    counted_rows = rows.annotate(
        number=Count("pk"), within_day=Count("pk", filter=Q(seconds__lte=F("day_seconds")))
    )
    return list(counted_rows.order_by("-number", "answered_by")[:limit])


def _contests() -> QuerySet[Contest]:
    return Contest.objects.filter(wait_id=OuterRef("pk"), withdrawn_at=None)
