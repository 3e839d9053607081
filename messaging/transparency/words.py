"""The rows of the report: what each figure is called, and how it is formatted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from messaging.models import Appeal, Decision, Report

from .queries import Figures

Cell = int | float | str


@dataclass(frozen=True)
class Row:
    """A figure of the report, for all months.

    Args:
        name: what it is called.
        value: returns its number for a month; an empty text if there is none.
        is_drawn: whether it has a chart.
    """

    name: str
    value: Callable[[Figures], Cell]
    is_drawn: bool = False


def rows() -> list[Row]:
    """Return the report's rows in the reader's language."""
    first_look = _hours("median_seconds_to_first_look")
    decision = _hours("median_seconds_to_decision")
    by_rules = _share("found_automatically", "decisions")
    without_staff = _share("decided_automatically", "decisions")
    return [
        Row(gettext("Cases opened"), _number("cases_opened"), is_drawn=True),
        Row(gettext("Cases closed"), _number("cases_closed")),
        Row(
            gettext("Median hours to the first look"),
            first_look,
            is_drawn=True,
        ),
        Row(
            gettext("Median hours to the decision"),
            decision,
            is_drawn=True,
        ),
        Row(gettext("Messages held"), _number("held_messages")),
        Row(gettext("Decisions"), _number("decisions")),
        Row(gettext("Found automatically (percent)"), by_rules),
        Row(gettext("Decided automatically (percent)"), without_staff),
        *_each(gettext_lazy("Decision: %(name)s"), "measure", Decision.Measure.choices),
        Row(gettext("Appeals received"), _number("appeals_received")),
        *_each(gettext_lazy("Appeal: %(name)s"), "outcome", Appeal.Outcome.choices),
        Row(gettext("Overturned of the appeals decided (percent)"), _overturned, is_drawn=True),
        *_each(gettext_lazy("Report: %(name)s"), "reason", Report.Reason.choices),
    ]


def _number(key: str) -> Callable[[Figures], Cell]:
    return lambda figures: figures.get(key, 0)


def _hours(key: str) -> Callable[[Figures], Cell]:
    return lambda figures: round(figures.get(key, 0) / 3600, 1) if figures.get(key) else ""


def _share(part: str, whole: str) -> Callable[[Figures], Cell]:
    return lambda figures: _percent(figures.get(part, 0), figures.get(whole, 0))


def _overturned(figures: Figures) -> Cell:
    outcomes = [figures.get(f"outcome_{name}", 0) for name in Appeal.Outcome.values]
    return _percent(figures.get(f"outcome_{Appeal.Outcome.OVERTURNED}", 0), sum(outcomes))


def _percent(part: int, whole: int) -> Cell:
    return round(100 * part / whole, 1) if whole else ""


def _each(text: object, column: str, choices: Sequence[tuple[str, object]]) -> list[Row]:
    return [
        Row(str(text) % {"name": name}, _number(f"{column}_{value}")) for value, name in choices
    ]
