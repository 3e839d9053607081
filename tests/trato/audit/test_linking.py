"""Entries are linked after their commit, in one chain, whatever happens at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from tests.patience import PATIENCE
from tests.threads import in_threads
from tests.trato.audit.tampering import findings
from trato.audit import actions, linking
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


def in_order() -> list[str]:
    """Return the subjects of the entries in the order of the chain."""
    linked = AuditEntry.objects.exclude(position=None).order_by("position")
    assert [*linked.values_list("position", flat=True)] == [*range(1, linked.count() + 1)]
    return [*linked.values_list("subject", flat=True)]


def test_an_entry_is_linked_once_its_act_is_committed(chief: User) -> None:
    with transaction.atomic():
        actions.record(chief, "user.suspended", "user:1", "Scam")
        assert in_order() == []
    assert in_order() == ["user:1"]
    assert findings() == []


def test_an_act_that_is_rolled_back_leaves_no_gap(chief: User) -> None:
    actions.record(chief, "user.suspended", "user:1", "Scam")
    with transaction.atomic():
        actions.record(chief, "user.suspended", "user:2", "Scam")
        transaction.set_rollback(True)
    actions.record(chief, "user.suspended", "user:3", "Scam")
    assert in_order() == ["user:1", "user:3"]
    assert findings() == []


def test_what_a_killed_process_left_is_linked_with_the_next(
    chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(actions, "link_later", lambda entry: None)
        actions.record(chief, "user.suspended", "user:1", "Scam")
    assert in_order() == []
    actions.record(chief, "user.suspended", "user:2", "Scam")
    assert in_order() == ["user:1", "user:2"]
    assert findings() == []


def test_a_failure_to_link_does_not_undo_the_act(
    chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise OSError("the database is away")

    with monkeypatch.context() as failing:
        failing.setattr(linking, "link_waiting", fail)
        actions.record(chief, "user.suspended", "user:1", "Scam")
    assert AuditEntry.objects.get().position is None
    assert linking.link_waiting() == 1


def test_a_bulk_act_is_linked_in_its_order(chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "BATCH_ROWS", 7)
    with transaction.atomic():
        for number in range(20):
            actions.record(chief, "user.suspended", f"user:{number}", "Scam")
    assert in_order() == [f"user:{number}" for number in range(20)]


@on_postgresql
@pytest.mark.parametrize("first_commits_last", [True, False])
@pytest.mark.parametrize("rolled_back", [None, "first", "second"])
def test_two_acts_at_once_are_linked_as_they_commit(
    chief: User, *, first_commits_last: bool, rolled_back: str | None
) -> None:
    """Neither waits for the other, although the first action has the smaller ID."""
    recorded = {"first": threading.Event(), "second": threading.Event()}
    ended = {"first": threading.Event(), "second": threading.Event()}
    order = ["second", "first"] if first_commits_last else ["first", "second"]

    def act(name: str) -> None:
        try:
            with transaction.atomic():
                if name == "second":
                    assert recorded["first"].wait(PATIENCE)
                actions.record(chief, "user.suspended", name, "Scam")
                recorded[name].set()
                assert recorded["second"].wait(PATIENCE)
                if name == order[1]:
                    assert ended[order[0]].wait(PATIENCE)
                transaction.set_rollback(rolled_back == name)
            ended[name].set()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(act, name) for name in ("first", "second")]:
            future.result(PATIENCE)
    assert in_order() == [name for name in order if name != rolled_back]
    assert findings() == []


def test_many_at_once_make_one_chain(chief: User) -> None:
    def act() -> None:
        for number in range(5):
            actions.record(chief, "user.suspended", f"user:{number}", "Scam")

    in_threads(6, act)
    assert len(in_order()) == 30
    assert findings() == []
