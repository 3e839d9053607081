"""The moderation figures: what counts in which month, and what stays."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.cases import claims
from messaging.cases.actions import open_case
from messaging.models import Case, ModerationMonth
from messaging.transparency import actions, queries

pytestmark = pytest.mark.django_db

PAGE = "/admin/messaging/moderationmonth/"
MAY = datetime(2026, 5, 10, tzinfo=UTC)


def closed(number: int, hours: int, *, seen: bool = True) -> None:
    until = MAY + timedelta(hours=hours)
    Case.objects.create(
        kind="report",
        subject=f"message:{number}",
        opened_at=MAY,
        closed_at=until,
        seen_at=until if seen else None,
    )


def test_a_month_counts_its_own_cases_and_the_median_of_those_that_staff_decided() -> None:
    for number, hours in enumerate((1, 2, 50)):
        closed(number, hours)
    for number in range(3, 7):
        closed(number, 0, seen=False)  # withdrawn immediately, for example
    counts = queries.count(date(2026, 5, 1))
    assert (counts["cases_opened"], counts["cases_closed"]) == (7, 7)
    assert counts["median_seconds_to_decision"] == 2 * 3600
    assert queries.count(date(2026, 6, 1))["cases_opened"] == 0


def test_a_stored_month_keeps_its_counts_after_erasure(monkeypatch: Any) -> None:
    monkeypatch.setattr(queries, "this_month", lambda: date(2026, 6, 1))
    closed(1, 1)
    actions.due(1)
    Case.objects.all().delete()
    assert dict(queries.year(2026))[date(2026, 5, 1)]["cases_opened"] == 1
    assert ModerationMonth.objects.count() == 1


def test_the_backlog_is_split_by_age() -> None:
    for number, days in enumerate((0, 2, 2, 5, 30)):
        opened = timezone.now() - timedelta(days=days)
        Case.objects.create(kind="held", subject=f"held_message:{number}", opened_at=opened)
    assert queries.backlog() == [1, 2, 1, 1]


def test_staff_read_a_year_and_its_csv(moderator: User, client_of: Any) -> None:
    figures = {
        "cases_opened": 3,
        "median_seconds_to_first_look": 5400,
        "decisions": 8,
        "found_automatically": 2,
        "outcome_overturned": 1,
        "outcome_upheld": 3,
    }
    ModerationMonth.objects.create(month=date(2025, 3, 1), figures=figures)
    client = client_of(moderator)
    assert "March" in client.get(PAGE, {"year": "2025"}).text
    answer = client.get(PAGE, {"year": "2025", "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    lines = dict(line.rsplit(",", 1) for line in answer.content.decode("utf-8-sig").splitlines())
    assert lines["Figure"] == "2025-03"
    assert lines["Cases opened"] == "3"
    assert lines["Median hours to the first look"] == "1.5"
    assert lines["Found automatically (percent)"] == "25.0"
    assert lines["Overturned of the appeals decided (percent)"] == "25.0"
    assert lines["Cases closed"] == "0"


@pytest.mark.parametrize("person", ["shopper", "seller", None])
def test_nobody_else_reads_them(person: str | None, request: Any, client_of: Any) -> None:
    user = request.getfixturevalue(person) if person else None
    assert client_of(user).get(PAGE, {"format": "csv"}).status_code in (302, 403, 404)


def test_a_claim_is_the_first_look(moderator: User) -> None:
    open_case(Case.Kind.REPORT, "message:1")
    case = Case.objects.get()
    claims.claim(moderator, case.pk)
    first = Case.objects.get().seen_at
    assert first is not None
    claims.claim(moderator, case.pk)
    assert Case.objects.get().seen_at == first


def test_a_month_ends_at_midnight_of_the_sites_zone(monkeypatch: Any) -> None:
    monkeypatch.setattr(timezone, "get_default_timezone", lambda: ZoneInfo("Europe/Madrid"))
    at = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)  # half past midnight, in June
    Case.objects.create(kind="report", subject="message:9", opened_at=at)
    assert [queries.count(date(2026, month, 1))["cases_opened"] for month in (5, 6)] == [0, 1]
