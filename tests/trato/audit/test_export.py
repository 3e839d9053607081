"""The audit trail's list as CSV: filtered, safe, recorded, and only for some."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.test import AsyncRequestFactory

from accounts.models import User
from tests.trato.audit.tampering import findings
from trato.audit import actions, export, linking
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
LIST = "/admin/audit/auditentry/"
EXPORT = f"{LIST}export/"


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def test_an_export_has_every_entry_with_its_facts(
    trail: list[AuditEntry], chief: User, client_of: Any
) -> None:
    rows = rows_of(client_of(chief).post(EXPORT))
    assert [row["id"] for row in rows] == [str(entry.pk) for entry in reversed(trail)]
    row, entry = rows[-1], AuditEntry.objects.get(pk=trail[0].pk)
    assert (row["position"], row["actor id"], row["actor"]) == ("1", str(chief.pk), "Chief")
    assert (row["what"], row["subject"], row["why"]) == ("user.suspended", "user:0", "Scam 0")
    assert row["when (UTC)"] == f"{entry.created_at:%Y-%m-%d %H:%M:%S}"
    assert row["seal"] == bytes(entry.seal).hex()


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("?verb=user.restored", ["user:8"]),
        ("?kind=report", ["report:9"]),
        ("?q=user:3", ["user:3"]),
        ("?q=nothing", []),
        ("?verb=user.suspended&q=%22Scam 2%22", ["user:2"]),
        ("?actor__id__exact={other}", ["report:9"]),
        ("?created_at__gte=2100-01-01 00:00:00%2B00:00", []),
        ("?kind=user&p=1&o=1", ["user:8", *(f"user:{number}" for number in range(5, -1, -1))]),
    ],
)
def test_an_export_has_what_the_list_is_filtered_by(
    query: str,
    subjects: list[str],
    trail: list[AuditEntry],
    chief: User,
    moderator: User,
    client_of: Any,
) -> None:
    actions.record(chief, "user.restored", "user:8", "Sorry")
    actions.record(moderator, "report.upheld", "report:9", "Spam")
    rows = rows_of(client_of(chief).post(EXPORT + query.format(other=moderator.pk)))
    assert [row["subject"] for row in rows] == subjects


@pytest.mark.parametrize("query", ["?reason__startswith=S", "?actor__password__startswith=p"])
def test_an_export_cannot_ask_for_more_than_the_list(
    query: str, trail: list[AuditEntry], chief: User, client_of: Any
) -> None:
    assert client_of(chief).post(EXPORT + query).status_code == 400
    assert AuditEntry.objects.count() == len(trail)


def test_an_export_is_on_record_with_its_filters(
    trail: list[AuditEntry], chief: User, client_of: Any
) -> None:
    client_of(chief).post(f"{EXPORT}?verb=user.suspended&q=user:3")
    entry = AuditEntry.objects.latest("pk")
    assert AuditEntry.objects.count() == len(trail) + 1
    assert (entry.actor, entry.verb) == (chief, "auditentry.exported")
    assert (entry.subject, entry.reason) == ("auditentry", "verb: user.suspended; q: user:3")
    linking.link_waiting()
    assert findings() == []
    assert "audit entry: export" in client_of(chief).get(LIST).text


def test_an_export_is_safe_from_formulas(chief: User, client_of: Any) -> None:
    chief.name = "=1+1"
    chief.save()
    actions.record(chief, "user.suspended", "user:1", '=HYPERLINK("https://evil.example")')
    (row,) = rows_of(client_of(chief).post(EXPORT))
    assert row["why"] == '\'=HYPERLINK("https://evil.example")'
    assert row["actor"] == "'=1+1"


def test_erased_words_are_not_exported(
    trail: list[AuditEntry], chief: User, client_of: Any
) -> None:
    actions.erase_reason(chief, trail[1].pk, "Asked by the person")
    rows = rows_of(client_of(chief).post(f"{EXPORT}?q=user:1"))
    assert [(row["why"], row["why was erased"]) for row in rows] == [("", "yes")]


PEOPLE: dict[str, tuple[tuple[str, ...], bool]] = {
    "nothing": ((), False),
    "view": (("view_auditentry",), False),
    "export": (("export_auditentry",), False),
    "view and export": (("view_auditentry", "export_auditentry"), True),
}


@pytest.mark.parametrize("rights", PEOPLE)
def test_an_export_needs_two_permissions(
    rights: str, trail: list[AuditEntry], grant: Callable[..., User], client_of: Any
) -> None:
    codenames, may = PEOPLE[rights]
    client = client_of(grant(*codenames))
    assert client.post(EXPORT).status_code == (200 if may else 403)
    assert AuditEntry.objects.count() == len(trail) + may
    if "view_auditentry" in codenames:
        assert ("Export as CSV" in client.get(LIST).text) == may


@pytest.mark.parametrize("name", [None, "shopper", "seller", "moderator", "suspended"])
def test_nobody_else_gets_an_export(
    name: str | None, trail: list[AuditEntry], client_of: Any, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(name) if name else None
    answer = client_of(person).post(EXPORT)
    assert answer.status_code in (302, 401, 403)  # 302: to the login
    assert AuditEntry.objects.count() == len(trail)


def test_a_link_on_another_site_exports_nothing(
    trail: list[AuditEntry], chief: User, client_of: Any
) -> None:
    assert client_of(chief).get(EXPORT).status_code == 405
    assert AuditEntry.objects.count() == len(trail)


def test_pieces_miss_and_repeat_nothing(
    trail: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"".join(export.pieces(AuditEntry.objects.all()))
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 2)
    parts = list(export.pieces(AuditEntry.objects.all()))
    assert len(parts) == 4
    assert b"".join(parts) == whole


@pytest.mark.django_db(transaction=True)
async def test_a_server_streams_an_export(chief: User, trail: list[AuditEntry]) -> None:
    request: Any = AsyncRequestFactory().post(EXPORT)
    assert isinstance(request, ASGIRequest)
    answer = export.response(request, AuditEntry.objects.all())
    assert answer.is_async
    text = b"".join([piece async for piece in answer]).decode("utf-8-sig")
    assert text.count("user.suspended") == len(trail)


def test_words_are_erased_on_a_page_with_a_reason(
    trail: list[AuditEntry], grant: Callable[..., User], client_of: Any
) -> None:
    page, erase = f"{LIST}{trail[1].pk}/change/", f"{LIST}{trail[1].pk}/erase/"
    reader, eraser = grant("view_auditentry"), grant("view_auditentry", "erase_reason")
    assert "Erase the words" not in client_of(reader).get(page).text
    assert client_of(reader).post(erase, {"reason": "Asked"}).status_code == 403
    assert AuditEntry.objects.get(pk=trail[1].pk).reason == "Scam 1"
    client = client_of(eraser)
    assert erase in client.get(page).text
    assert client.post(erase, {"reason": ""}).status_code == 400
    assert client.post(erase, {"reason": "Asked by the person"}).status_code == 302
    assert AuditEntry.objects.get(pk=trail[1].pk).reason == ""
    shown = client.get(page).text
    assert "(erased)" in shown
    assert "Scam 1" not in shown
    assert erase not in shown
    assert client.post(erase, {"reason": "Again"}).status_code == 409
