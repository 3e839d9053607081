"""The audit trail is append-only: in the model, the manager and the database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from tests import audit_triggers
from trato.audit import actions as audit
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(moderator: User) -> AuditEntry:
    return audit.record(moderator, "user.suspended", "user:7", "Scam")


def test_an_entry_says_who_what_to_whom_when_and_why(entry: AuditEntry, moderator: User) -> None:
    stored = AuditEntry.objects.get()
    assert stored == entry
    assert (stored.actor, stored.verb, stored.subject) == (moderator, "user.suspended", "user:7")
    assert stored.reason == "Scam"
    assert stored.created_at >= moderator.date_joined


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.update(reason="None"),
        lambda entry: AuditEntry.objects.all().delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["reason"]),
        lambda entry: AuditEntry.objects.update_or_create(
            {"reason": "None"}, subject=entry.subject
        ),
    ],
    ids=["save", "delete", "update", "delete all", "bulk update", "update or create"],
)
def test_the_model_refuses_every_change(
    change: Callable[[AuditEntry], object], entry: AuditEntry
) -> None:
    entry.reason = "None"
    with pytest.raises(TypeError, match="only ever added to"), transaction.atomic():
        change(entry)
    assert AuditEntry.objects.get().reason == "Scam"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = ''",
        "UPDATE audit_auditentry SET salt = NULL",
        "UPDATE audit_auditentry SET reason = '', salt = NULL, verb = 'user.restored'",
        "UPDATE audit_auditentry SET position = 1",
        "UPDATE audit_auditentry SET position = 1, chain = seal, actor_id = actor_id + 1",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
    ],
)
def test_the_database_refuses_changes_whoever_makes_them(statement: str, entry: AuditEntry) -> None:
    if connection.vendor == "sqlite" and statement.startswith("TRUNCATE"):
        pytest.skip("SQLite has no TRUNCATE")
    audit_triggers.drop()  # runs what waits for the commit
    audit_triggers.create(audit_triggers.FOR_ALL_ROWS)  # see django_db_setup in conftest
    refused = pytest.raises(DatabaseError, match="only ever added to")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)
    assert AuditEntry.objects.get().reason == "Scam"


def test_a_person_with_entries_cannot_be_deleted(entry: AuditEntry, moderator: User) -> None:
    with pytest.raises(DatabaseError):
        moderator.delete()
    assert AuditEntry.objects.get().actor == moderator


def test_staff_read_words_and_no_codes(entry: AuditEntry, moderator: User, client_of: Any) -> None:
    client = client_of(moderator)
    rows = client.get("/admin/audit/auditentry/").text
    for page in (rows, client.get(f"/admin/audit/auditentry/{entry.pk}/change/").text):
        assert "person: suspension" in page
    assert "?verb=user.suspended" in rows  # the filter
    assert ">user.suspended<" not in rows
    spanish = client.get("/admin/audit/auditentry/", headers={"accept-language": "es"}).text
    assert "persona: suspensión" in spanish
