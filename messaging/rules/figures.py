"""The rules' figures: hits, objections and overturned decisions, recently and by month."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from messaging.models import Objection, RuleDay, ShieldRule

MONTHS = 12


class Figures(NamedTuple):
    """A rule's numbers in a month."""

    month: date
    hits: int
    objections: int
    judged: int
    overturned: int

    @property
    def objection_share(self) -> str:
        return share(self.objections, self.hits)

    @property
    def overturn_share(self) -> str:
        return share(self.overturned, self.judged)


def share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def months() -> list[date]:
    """Return the first days of the last months, this one first."""
    day = timezone.now().date().replace(day=1)
    days = [day]
    while len(days) < MONTHS:
        days.append((days[-1] - timedelta(days=1)).replace(day=1))
    return days


def span_of(month: str) -> tuple[date, date]:
    """Return the first day of a month such as `2027-01`, and the first day after it.

    If the month isn't known, the days span the last `SHIELD_FIGURES_DAYS`.
    """
    for first in months():
        if f"{first:%Y-%m}" == month:
            return first, (first + timedelta(days=31)).replace(day=1)
    tomorrow = timezone.now().date() + timedelta(days=1)
    return tomorrow - timedelta(days=settings.SHIELD_FIGURES_DAYS), tomorrow


def with_figures(rules: QuerySet[ShieldRule], first: date, end: date) -> QuerySet[ShieldRule]:
    """Add `hit_count`, `objection_count`, `judged_count` and `overturned_count` to rules."""
    days = RuleDay.objects.filter(rule=OuterRef("pk"), day__gte=first, day__lt=end)
    objections = Objection.objects.filter(
        rule=OuterRef("pk"), created_at__gte=_start(first), created_at__lt=_start(end)
    )
    return rules.annotate(
        hit_count=_total(days, Sum("hits")),
        judged_count=_total(days, Sum("judged")),
        overturned_count=_total(days, Sum("overturned")),
        objection_count=_total(objections, Count("pk")),
    )


def by_month(rule: ShieldRule) -> list[Figures]:
    """Return a rule's figures for those of the last months that have any, newest first."""
    first = months()[-1]
    sums = ("hits", "judged", "overturned")
    days = RuleDay.objects.filter(rule=rule, day__gte=first).annotate(month=TruncMonth("day"))
    rows = days.order_by().values("month").annotate(**{f"{name}_": Sum(name) for name in sums})
    numbers = {row["month"]: row for row in rows}
    objections = Objection.objects.filter(rule=rule, created_at__gte=_start(first))
    objections = objections.annotate(month=TruncMonth("created_at", tzinfo=UTC))
    counted = objections.order_by().values("month").annotate(n=Count("pk"))
    objected = {row["month"].date(): row["n"] for row in counted}
    figures = []
    for month in sorted({*numbers, *objected}, reverse=True):
        row: Any = numbers.get(month, {})
        hits, judged, overturned = (row.get(f"{name}_", 0) for name in sums)
        figures.append(Figures(month, hits, objected.get(month, 0), judged, overturned))
    return figures


def _total(rows: QuerySet[Any], total: Any) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("rule").annotate(n=total).values("n")), 0)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
