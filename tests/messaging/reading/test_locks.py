"""Read marks lock rows in the same order as sends, and a waiting mark delays no other."""

import asyncio
import random
import threading
import uuid
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, Participant
from messaging.reading import postgresql
from messaging.reading.actions import mark_read
from messaging.records import Reading, ReadMark
from messaging.sending import postgresql as sending
from notifications import actions as notifications
from tests.databases import own_database
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.messaging.reading.marks import mark_at_once, send, store_marks
from tests.messaging.sending.stores import attempt, conversations
from tests.messaging.sending.stores import stored as stored_together
from tests.patience import PATIENCE
from tests.unread import unread_count
from tests.whole import tries
from trato.realtime.database import run_in_database_thread
from trato.realtime.statements import StatementConnection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def test_news_that_come_while_the_mark_waits_stay_unread(
    shopper: User, seller: User, conversation: Conversation, settings: Any
) -> None:
    settings.SEND_LOCK_SECONDS = 30
    send(shopper, conversation)
    with transaction.atomic():
        send(shopper, conversation)  # holds the notification's row, not committed yet
        marker = threading.Thread(target=store_marks, args=((conversation, seller, 1),))
        marker.start()
        wait_until_somebody_waits_for_a_lock()
    marker.join(timeout=PATIENCE)
    assert Participant.objects.get(user=seller).last_read_sequence == 1
    assert unread_count(seller.pk) == 1


def test_marks_lock_notifications_in_the_order_of_sends(
    shopper: User, seller: User, shop: Shop, settings: Any
) -> None:
    """They lock by recipient and subject; a waiting transaction holds no later lock."""
    settings.SEND_LOCK_SECONDS = 30
    first, second = conversations(shopper, shop)
    for where in (second, first):
        send(shopper, where)
    marks = [(first, seller, 1), (second, seller, 1)]
    of = "SELECT FROM notifications_news WHERE subject_id = %s FOR UPDATE NOWAIT"
    with psycopg.connect(own_database()) as other:
        other.execute(of, [first.pk])
        marker = threading.Thread(target=store_marks, args=marks)
        marker.start()
        wait_until_somebody_waits_for_a_lock()
        other.execute(of, [second.pk])  # free; otherwise it would deadlock with us
    marker.join(timeout=PATIENCE)
    assert unread_count(seller.pk) == 0


def test_marks_lock_their_readers_rows_before_news(
    shopper: User, seller: User, conversation: Conversation, settings: Any
) -> None:
    settings.SEND_LOCK_SECONDS = 30
    send(shopper, conversation)
    store_marks((conversation, seller, 0))  # so that there is a row to lock
    with psycopg.connect(own_database(), autocommit=True) as other:
        with psycopg.connect(own_database()) as holding:
            holding.execute("SELECT FROM notifications_news FOR UPDATE")
            marker = threading.Thread(target=store_marks, args=((conversation, seller, 1),))
            marker.start()
            wait_until_somebody_waits_for_a_lock()
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("SELECT FROM messaging_participant FOR UPDATE NOWAIT")
        marker.join(timeout=PATIENCE)
    assert unread_count(seller.pk) == 0


def test_sends_lock_notifications_in_order_whether_they_are_read_or_not(
    shopper: User, seller: User, shop: Shop, settings: Any
) -> None:
    settings.SEND_LOCK_SECONDS = 30
    first, second = conversations(shopper, shop)
    for where in (first, second):
        send(shopper, where)
    store_marks((first, seller, 1))  # the second one stays unread
    of = "SELECT FROM notifications_news WHERE subject_id = %s FOR UPDATE NOWAIT"
    both = [attempt(shopper, one, uuid.uuid4(), "Hi") for one in (first, second)]
    with psycopg.connect(own_database()) as other:
        other.execute(of, [first.pk])
        sender = threading.Thread(target=stored_together, args=(both,))
        sender.start()
        wait_until_somebody_waits_for_a_lock()
        other.execute(of, [second.pk])
    sender.join(timeout=PATIENCE)
    assert unread_count(seller.pk) == 2


def test_sends_and_marks_at_once_never_deadlock(
    shopper: User, seller: User, colleague: User, shop: Shop, settings: Any, monkeypatch: Any
) -> None:
    settings.SEND_LOCK_SECONDS = 30  # so that a deadlock is detected as one
    settings.MESSAGES_PER_MINUTE = 10**6
    where = conversations(shopper, shop, 12)
    for one in reversed(where):  # so that the order of storing differs from the order of locking
        send(shopper, one)
    deadlocks: list[Exception] = []
    run = StatementConnection._run

    async def watched(self: StatementConnection, statement: str, given: Any) -> bytes:
        try:
            return await run(self, statement, given)
        except psycopg.errors.DeadlockDetected as deadlock:
            deadlocks.append(deadlock)
            raise

    monkeypatch.setattr(StatementConnection, "_run", watched)

    async def write(connection: StatementConnection, rng: random.Random) -> None:
        some = rng.sample(where, len(where))
        await sending.store(connection, [attempt(shopper, one, uuid.uuid4(), "Hi") for one in some])

    async def read(connection: StatementConnection, rng: random.Random) -> None:
        pairs = [(one, who) for one in where for who in (seller, colleague)]
        some = rng.sample(pairs, len(pairs))
        await postgresql.store(connection, [Reading(one.pk, who, 10**6) for one, who in some])

    def by_request(rng: random.Random) -> None:
        one = rng.choice(where)
        send(rng.choice([shopper, seller]), one)
        mark_read(rng.choice([shopper, seller, colleague]), one.pk, 10**6)
        notifications.mark_all_read(rng.choice([seller, colleague]))
        notifications.replace_excerpt(
            subject_kind="conversation", subject_id=one.pk, team_id=shop.pk, excerpt="Hello"
        )

    async def ask(_connection: StatementConnection, rng: random.Random) -> None:
        await run_in_database_thread(by_request, rng)

    async def again(work: Any, seed: int) -> None:
        connection, rng = StatementConnection(), random.Random(seed)
        try:
            for _ in range(tries(60)):
                await work(connection, rng)
        finally:
            connection.close()

    async def all_at_once() -> None:
        works = enumerate([write, read, write, read, read, ask, ask])
        await asyncio.gather(*(again(work, seed) for seed, work in works))

    asyncio.run(all_at_once())
    assert deadlocks == []


def test_a_mark_that_a_lock_holds_fails_alone(
    shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    send(shopper, conversation)

    with psycopg.connect(own_database()) as other:
        theirs = "SELECT FROM notifications_notification WHERE recipient_id = %s FOR UPDATE"
        other.execute(theirs, [seller.pk])
        held, done = mark_at_once(conversation, seller, colleague)
        assert isinstance(held, OperationalError)
        assert isinstance(done, ReadMark)
    assert (unread_count(seller.pk), unread_count(colleague.pk)) == (1, 0)
    again = mark_at_once(conversation, seller, colleague)
    assert [type(one) for one in again] == [ReadMark, ReadMark]
    assert unread_count(seller.pk) == 0
