"""Any tampering with the trail is found and named; legitimate histories have no findings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from accounts.models import User
from tests.audit_triggers import MIGRATION
from tests.trato.audit.tampering import (
    CONTENT,
    SWAPS,
    change,
    delete,
    findings,
    insert,
    swap,
    undone,
)
from tests.whole import tries
from trato.audit import actions, anchors, linking, rows
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

KEYS = ["2:" + "b" * 32, "1:" + "a" * 32]
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
RECORD = st.tuples(
    st.just("record"), st.sampled_from(["user.suspended", "report.upheld", "x" * 40]), WORDS
)
STEP = RECORD | st.sampled_from(["link", "roll back", "erase", "verify"])
HISTORIES = st.lists(STEP, max_size=25)
patiently = settings(
    max_examples=tries(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def live(history: list[Any], chief: User) -> list[int]:
    """Make a history; return the IDs of its entries in the order of the chain."""
    half = len(history) // 2
    for number, step in enumerate(history):
        with override_settings(AUDIT_KEYS=KEYS[1:] if number < half else KEYS):
            match step:
                case ("record", verb, words):
                    actions.record(chief, verb, f"user:{number}", words)
                case "link":
                    linking.link_waiting()
                case "roll back":
                    with transaction.atomic():
                        actions.record(chief, "user.restored", f"user:{number}", "Rolled back")
                        transaction.set_rollback(True)
                case "erase":
                    if entry := AuditEntry.objects.exclude(salt=None).first():
                        actions.erase_reason(chief, entry.pk, "Asked by the person")
                case "verify":
                    assert findings() == []
    with override_settings(AUDIT_KEYS=KEYS):
        linking.link_waiting()
    ids = AuditEntry.objects.order_by("position").values_list("pk", flat=True)
    return list(ids)


def anchor() -> anchors.Anchor:
    *_, last = (row for batch in rows.linked() for row in batch)
    return anchors.anchor_of(last)


@patiently
@given(HISTORIES)
def test_a_legal_history_has_no_finding(chief: User, history: list[Any]) -> None:
    with undone(), override_settings(AUDIT_KEYS=KEYS):
        ids = live(history, chief)
        assert findings(*([anchor()] if ids else [])) == []
        assert [*AuditEntry.objects.order_by("pk").values_list("pk", flat=True)] == ids


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "verb": lambda row: row["verb"][:-1] + "_",
    "subject": lambda row: "user:1" + row["subject"],
    "reason": lambda row: row["reason"] + "!",
    "created_at": lambda row: row["created_at"] + timedelta(microseconds=1),
    "actor_id": lambda row: row["other_id"],
    "salt": lambda row: b"0" * 16,
    "commitment": lambda row: bytes(32),
    "seal": lambda row: bytes(32),
    "chain": lambda row: bytes(32),
    "key": lambda row: "1" if row["key"] == "2" else "2",
}


@patiently
@given(st.lists(RECORD, min_size=3, max_size=12), st.data())
def test_tampering_is_found_and_named(
    chief: User, shopper: User, history: list[Any], data: st.DataObject
) -> None:
    with undone(), override_settings(AUDIT_KEYS=KEYS):
        ids = live([*history, "erase"], chief)
        ids = ids[: len(history)]  # the last one says who erased the text of the one before
        stored = anchor()
        kind = data.draw(
            st.sampled_from(["change", "delete", "swap", "truncate", "forge", "erase"])
        )
        at = data.draw(st.integers(0, len(ids) - 1))
        event(kind)
        entry_id = ids[at]
        match kind:
            case "change":
                column = data.draw(st.sampled_from(sorted(CHANGES)))
                row = AuditEntry.objects.values().get(pk=entry_id) | {"other_id": shopper.pk}
                if column == "salt" and row["salt"] is None:
                    return  # whose text is erased
                change(entry_id, **{column: CHANGES[column](row)})
                named = findings()
                assert [one.entries for one in named] == [(entry_id,)]
            case "delete":
                delete(entry_id)
                (one,) = (one for one in findings() if one.kind != "erased")
                assert one.kind == "missing"
                assert f"position {at + 1} is missing" in one.text
            case "swap":
                other = data.draw(st.integers(0, len(ids) - 2))
                other_id = [one for one in ids if one != entry_id][other]
                swap(entry_id, other_id, SWAPS[data.draw(st.sampled_from(sorted(SWAPS)))])
                named = [one for one in findings() if one.kind != "erased"]
                assert named
                assert {pk for one in named for pk in one.entries} == {entry_id, other_id}
                if {one.kind for one in named} != {"changed"}:
                    assert [one.kind for one in named] == ["swapped"]
            case "truncate":
                delete(*AuditEntry.objects.filter(position__gt=at).values_list("pk", flat=True))
                assert [one.kind for one in findings(stored)] == ["truncated"]
                actions.record(chief, "user.restored", "user:1", "Covered up")
                linking.link_waiting()
                assert [one.kind for one in findings(stored)] in (["truncated"], ["anchor"])
            case "forge":
                copied = AuditEntry.objects.values().get(pk=entry_id)
                waits = data.draw(st.booleans())
                place = {} if waits else {"position": len(ids) + 2, "chain": copied["chain"]}
                forged = insert(
                    **copied
                    | {"id": None, "position": None, "chain": None, "verb": "user.forged"}
                    | {"seal": data.draw(st.sampled_from([bytes(32), copied["chain"]]))}
                    | place
                )
                linking.link_waiting()
                named = [one for one in findings() if one.entries == (forged,)]
                assert [one.kind for one in named if one.kind != "erased"] == ["changed"]
            case "erase":
                change(entry_id, reason="", salt=None)
                erased_before = at == len(ids) - 1
                expected = [] if erased_before else [("erased", (entry_id,))]
                assert [(one.kind, one.entries) for one in findings()] == expected


@pytest.mark.parametrize("columns", ["content", "content and link", "place", "position", "id"])
@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 4), (4, 5), (5, 0)])
def test_two_swapped_entries_are_named_together(
    columns: str, one: int, other: int, trail: list[AuditEntry]
) -> None:
    first, second = trail[one].pk, trail[other].pk
    with undone():
        # Exchanging the IDs has the same effect as exchanging everything else.
        everything = (*CONTENT, "position", "chain")
        swap(first, second, everything if columns == "id" else SWAPS[columns])
        (finding,) = findings()
        assert finding.kind == "swapped"
        assert {*finding.entries} == {first, second}


def test_words_moved_to_another_entry_with_their_commitment_are_found(
    trail: list[AuditEntry],
) -> None:
    with undone():
        swap(trail[1].pk, trail[3].pk, ("reason", "salt", "commitment"))
        assert [(one.kind, one.entries) for one in findings()] == [
            ("changed", (trail[1].pk,)),
            ("changed", (trail[3].pk,)),
        ]


def test_many_moved_entries_are_named_one_by_one(trail: list[AuditEntry]) -> None:
    """Somebody takes an entry out and closes the gap."""
    with undone():
        delete(trail[2].pk)
        for entry in trail[3:]:
            change(entry.pk, position=(entry.position or 0) - 1)
        named = findings()
        assert {one.kind for one in named} == {"moved"}
        assert {one.entries[0] for one in named} == {entry.pk for entry in trail[3:]}


def test_a_key_that_is_not_known_is_said(trail: list[AuditEntry]) -> None:
    with undone(), override_settings(AUDIT_KEYS=KEYS):
        assert findings() == []  # the site's own key is still known
        change(trail[1].pk, key="lost")
        (one,) = findings()
        assert one.kind == "key"
        assert "no key “lost”" in one.text


def test_a_copy_of_an_entry_is_found(trail: list[AuditEntry]) -> None:
    """Somebody drops the constraint first. On SQLite that needs a new table."""
    if connection.vendor == "sqlite":
        pytest.skip("a constraint can't be dropped")
    with undone():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_auditentry DROP CONSTRAINT audit_auditentry_seal_key")
        copied = AuditEntry.objects.values().get(pk=trail[1].pk)
        copy = insert(**copied | {"id": None, "position": None, "chain": None})
        linking.link_waiting()
        (one,) = findings()
        assert (one.kind, one.entries) == ("copied", (trail[1].pk, copy))


def test_an_anchor_of_another_trail_does_not_fit(trail: list[AuditEntry]) -> None:
    other = anchors.Anchor(3, trail[2].pk, "00" * 32, "2026-01-01T00:00:00+00:00")
    (one,) = findings(other)
    assert (one.kind, one.entries) == ("anchor", (trail[2].pk,))
    empty = anchors.Anchor(9, 9, "00" * 32, "2026-01-01T00:00:00+00:00")
    (one,) = findings(empty)
    assert one.kind == "truncated"
    assert "3 are missing at its end" in one.text


def test_the_trigger_compares_every_column() -> None:
    columns = {field.column for field in AuditEntry._meta.concrete_fields}
    assert {*MIGRATION.COLUMNS} == columns
