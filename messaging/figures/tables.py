"""The figures as CSV, for spreadsheets."""

import csv
from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any

from django.conf import settings
from django.utils import timezone

from .report import Figures

# A spreadsheet takes such a cell for a formula; a Japanese one does so for full-width signs too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def _summary(figures: Figures) -> Iterable[list[Any]]:
    yield ["days", "answered", "within_day", "contested", "median_open_seconds", "waiting"]
    numbers = figures.summary
    yield [
        figures.days, numbers["answered"], numbers["within_day"], numbers["contested"],
        figures.median, figures.waiting,
    ]  # fmt: skip


def _waiting(figures: Figures) -> Iterable[list[Any]]:
    yield ["age", "waiting"]
    yield from ([bar.label, bar.number] for bar in figures.ages)


def _hours(figures: Figures) -> Iterable[list[Any]]:
    yield ["weekday", "hour", "questions"]
    for row in figures.by_hour:
        yield from ([row["day"], cell["hour"], cell["number"]] for cell in row["hours"])


def _products(figures: Figures) -> Iterable[list[Any]]:
    yield ["product", "questions"]
    yield from ([bar.label, bar.number] for bar in figures.products)


def _colleagues(figures: Figures) -> Iterable[list[Any]]:
    yield ["colleague", "answers", "percent_within_day"]
    yield from ([bar.label, bar.number, bar.note] for bar in figures.colleagues)


def _late(figures: Figures) -> Iterable[list[Any]]:
    yield ["conversation", "asked_at", "answered_at", "open_seconds", "day_seconds", "contested"]
    rows, _more = figures.late(settings.FIGURES_CSV_ROWS_MAX)
    for row in rows:
        wait = row.wait
        answered = wait.answered_at and timezone.localtime(wait.answered_at).isoformat()
        asked = timezone.localtime(wait.asked_at).isoformat()
        reason = row.contest.reason if row.contest else ""
        yield [wait.conversation_id, asked, answered, row.seconds, wait.day_seconds, reason]


TABLES: dict[str, Callable[[Figures], Iterable[list[Any]]]] = {
    "summary": _summary,
    "waiting": _waiting,
    "hours": _hours,
    "products": _products,
    "colleagues": _colleagues,
    "late": _late,
}


def as_csv(figures: Figures, table: str) -> str:
    """Return a table as CSV (RFC 4180)."""
    text = StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in TABLES[table](figures))
    return text.getvalue()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
