"""Others act while a recall is being undone, which reads its decisions before it locks them."""

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from messaging.appeals import actions as appeals
from messaging.decisions import actions as decisions
from messaging.models import Appeal, Decision, Message
from messaging.recall import actions as recalls
from tests.messaging.recall.conftest import Sent, order
from trato.audit.models import AuditEntry

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def meanwhile(monkeypatch: Any, act: Any) -> None:
    """Run an action on another connection right before undoing a recall locks people."""
    lock_people = recalls._lock_people

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    def locking(keys: Any) -> None:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
        lock_people(keys)

    monkeypatch.setattr(recalls, "_lock_people", locking)


def test_no_decision_is_undone_twice(
    confirmed: Message, sent: Sent, moderator: User, lead: User, monkeypatch: Any
) -> None:
    copies = sent(times=2)
    made = recalls.recall(moderator, confirmed.pk, order(*copies))
    decision = Decision.objects.order_by("pk")[0]
    meanwhile(monkeypatch, lambda: decisions.undo(lead, decision.pk, "A mistake"))
    recalls.undo(moderator, made.pk, "All wrong")
    about = AuditEntry.objects.filter(subject=f"decision:{decision.pk}")
    undone = about.filter(verb__in=["decision.undone", "decision.overturned"])
    assert undone.count() == 1


def test_no_appeal_stays_open_against_what_is_undone(
    confirmed: Message, sent: Sent, moderator: User, lead: User, monkeypatch: Any
) -> None:
    copies = sent(times=2)
    made = recalls.recall(moderator, confirmed.pk, order(*copies))
    decision = Decision.objects.order_by("pk")[0]
    meanwhile(monkeypatch, lambda: appeals.appeal(decision.person, decision.pk, "Not a scam"))
    recalls.undo(moderator, made.pk, "All wrong")
    assert not Appeal.objects.filter(outcome="", decision__overturned_at__isnull=False).exists()


def test_a_message_that_is_withdrawn_meanwhile_breaks_no_recall(
    confirmed: Message, sent: Sent, moderator: User, monkeypatch: Any
) -> None:
    copies = sent(times=2)

    def withdraw() -> None:
        Message.objects.filter(pk=copies[0].pk).update(withdrawn_at=timezone.now())

    meanwhile(monkeypatch, withdraw)
    made = recalls.recall(moderator, confirmed.pk, order(*copies))
    assert made.items.filter(decision=None).count() == 2
