"""Two staff members never decide on the same item twice; a mute stops sends in progress."""

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from accounts.factories import UserFactory
from accounts.models import User
from messaging.appeals import actions as appeals
from messaging.decisions.actions import decide
from messaging.decisions.ruling import Ruling
from messaging.models import Appeal, Conversation, Decision, Message, Report
from messaging.reports.actions import report_message
from messaging.sending.orm import OrmStore
from messaging.sending.postgresql import PostgresStore
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.messaging.decisions.conftest import REASONS
from tests.messaging.sending.stores import attempt
from tests.said import say
from tests.threads import in_threads
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone, Refused
from trato.realtime.statements import Locked

pytestmark = pytest.mark.django_db(transaction=True)

Ruled = Callable[..., Decision]


def test_two_who_decide_on_one_report_at_once_decide_it_once(
    shopper: User, seller: User, conversation: Conversation, moderator: User
) -> None:
    said = say(shopper, conversation, "Pay me in gold coins")
    report = report_message(seller, conversation.pk, 1, "scam", "")
    chief = UserFactory(staff=True, is_superuser=True)
    people = iter((moderator, chief, moderator, chief))
    ruling = Ruling(measure="warn", message_id=said.pk, report_id=report.pk, **REASONS)

    def act() -> str:
        try:
            decide(next(people), shopper.pk, ruling)
        except AlreadyDone:
            return "was decided"
        return "decided"

    assert sorted(in_threads(4, act)) == ["decided", *["was decided"] * 3]
    assert Decision.objects.count() == AuditEntry.objects.count() == 1
    assert Report.objects.get().outcome == "upheld"


def test_two_who_saw_the_same_history_decide_once(shopper: User, moderator: User) -> None:
    def act() -> str:
        try:
            decide(moderator, shopper.pk, Ruling(measure="warn", seen=0, **REASONS))
        except AlreadyDone:
            return "was decided"
        return "decided"

    assert sorted(in_threads(3, act)) == ["decided", "was decided", "was decided"]
    assert Decision.objects.count() == AuditEntry.objects.count() == 1


def test_two_who_decide_one_appeal_at_once_decide_it_once(
    shopper: User, conversation: Conversation, ruled: Ruled, lead: User
) -> None:
    said = say(shopper, conversation, "Pay me in gold coins")
    row = appeals.appeal(shopper, ruled(shopper, "remove", message_id=said.pk).pk, "No")
    outcomes = iter(("overturned", "upheld", "overturned"))
    before = AuditEntry.objects.count()

    def act() -> str:
        try:
            appeals.decide(lead, row.pk, next(outcomes), "We looked again")
        except AlreadyDone:
            return "was decided"
        return "decided"

    assert sorted(in_threads(3, act)) == ["decided", "was decided", "was decided"]
    assert AuditEntry.objects.count() == before + 1
    said.refresh_from_db()
    is_back = said.removed_at is None
    assert is_back == (Appeal.objects.get().outcome == "overturned")


def test_two_appeals_at_once_are_one(shopper: User, ruled: Ruled) -> None:
    decision = ruled(shopper, "warn")
    rows = in_threads(3, lambda: appeals.appeal(shopper, decision.pk, "No").pk)
    assert len(set(rows)) == Appeal.objects.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("store", ["statement", "orm"])
def test_a_send_that_waits_while_its_sender_is_muted_stores_nothing(
    store: str, shopper: User, conversation: Conversation, ruled: Ruled
) -> None:
    chosen = PostgresStore() if store == "statement" else OrmStore()

    def send() -> Any:
        async def run() -> Any:
            one = attempt(shopper, conversation, uuid.uuid4(), "Hi")
            while True:
                (answer,) = await chosen.store([one])
                if not isinstance(answer, Locked):
                    return answer
                await asyncio.sleep(0.01)

        try:
            return asyncio.run(run())
        finally:
            if isinstance(chosen, PostgresStore):
                chosen.close()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=conversation.pk)
            under_way = pool.submit(send)
            if store == "orm":
                wait_until_somebody_waits_for_a_lock()
            with ThreadPoolExecutor(1) as other:

                def mute() -> None:
                    try:
                        ruled(shopper, "mute")
                    finally:
                        connections.close_all()

                other.submit(mute).result()
        answer = under_way.result()
    assert isinstance(answer, Refused)
    assert answer.code == "forbidden"
    assert not Message.objects.exists()


def test_a_killed_decision_leaves_nothing(
    shopper: User, conversation: Conversation, ruled: Ruled, monkeypatch: Any
) -> None:
    said = say(shopper, conversation, "Pay me in gold coins")

    def die(*args: Any) -> None:
        raise ValidationError("dead")

    monkeypatch.setattr("messaging.decisions.actions.record", die)
    with pytest.raises(ValidationError):
        ruled(shopper, "remove", message_id=said.pk)
    said.refresh_from_db()
    assert said.removed_at is None
    assert not Decision.objects.exists()
