"""Count what happened in a month. Each event counts in the month in which it happened."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from messaging.models import Appeal, Case, Decision, HeldMessage, ModerationMonth, Report

Figures = dict[str, int]
AGES_DAYS = (1, 3, 7)  # limits between the ages of open cases


def next_month(month: date) -> date:
    """Return the first day of the month after one."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def this_month() -> date:
    """Return the first day of the site's current month."""
    return timezone.localdate(timezone=timezone.get_default_timezone()).replace(day=1)


def _start(month: date) -> datetime:
    return timezone.make_aware(datetime.combine(month, time()), timezone.get_default_timezone())


def count(month: date) -> Figures:
    """Return the counts of a month, given by its first day; times are in seconds."""
    span = (_start(month), _start(next_month(month)))

    def during(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
        return rows.filter(**{f"{column}__gte": span[0], f"{column}__lt": span[1]})

    decisions = during(Decision.objects.order_by(), "created_at")
    appeals = Appeal.objects.order_by()
    closed = during(Case.objects.order_by(), "closed_at")
    numbers: Figures = {"cases_opened": during(Case.objects.order_by(), "opened_at").count()}
    ends = closed.aggregate(closed=Count("pk"), seen=Count("seen_at"))
    numbers["cases_closed"] = ends["closed"]
    numbers["median_seconds_to_first_look"] = _median(closed, "seen_at", ends["seen"])
    # Nobody looked at the other cases, for example because the message was withdrawn.
    decided = closed.filter(seen_at__isnull=False)
    numbers["median_seconds_to_decision"] = _median(decided, "closed_at", ends["seen"])
    numbers["held_messages"] = during(HeldMessage.objects.order_by(), "created_at").count()
    numbers |= decisions.aggregate(
        decisions=Count("pk"),
        found_automatically=Count("pk", filter=Q(is_found_automatically=True)),
        decided_automatically=Count("pk", filter=Q(is_decided_automatically=True)),
    )
    numbers |= _by(decisions, "measure", Decision.Measure.values)
    numbers["appeals_received"] = during(appeals, "created_at").count()
    numbers |= _by(during(appeals, "decided_at"), "outcome", Appeal.Outcome.values)
    numbers |= _by(during(Report.objects.order_by(), "created_at"), "reason", Report.Reason.values)
    return numbers


def _by(rows: QuerySet[Any], column: str, values: list[str]) -> Figures:
    counts = dict(rows.values_list(column).annotate(Count("pk")))
    return {f"{column}_{value}": counts.get(value, 0) for value in values}


def _median(cases: QuerySet[Case], column: str, number: int) -> int:
    """Return the median age of cases at a time, in seconds; of two middle values, the larger.

    Args:
        number: how many cases have this time.
    """
    if not number:
        return 0
    age = ExpressionWrapper(F(column) - F("opened_at"), output_field=DurationField())
    dated = cases.filter(**{f"{column}__isnull": False}).annotate(age=age)
    ages = dated.order_by("age").values_list("age", flat=True)
    return int(ages[number // 2].total_seconds())


def year(number: int) -> list[tuple[date, Figures]]:
    """Return the stored months of a year, oldest first; the current month is counted up to now."""
    rows = ModerationMonth.objects.filter(month__year=number).order_by("month")
    months = list(rows.values_list("month", "figures"))
    now = this_month()
    return [*months, (now, count(now))] if now.year == number else months


def backlog() -> list[int]:
    """Return the number of open cases by age: one more number than `AGES_DAYS`."""
    now = timezone.now()
    borders = [now - timedelta(days=days) for days in AGES_DAYS]
    older = Case.objects.filter(closed_at=None).aggregate(
        all=Count("pk"),
        **{f"older_{n}": Count("pk", filter=Q(opened_at__lt=at)) for n, at in enumerate(borders)},
    )
    counts = [older["all"], *(older[f"older_{n}"] for n in range(len(borders))), 0]
    return [more - less for more, less in pairwise(counts)]
