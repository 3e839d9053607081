"""The statement that stores sends, when others hold locks. PostgreSQL."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from accounts.models import User
from catalog.models import Product, Shop
from messaging import actions
from messaging.models import Conversation, Message
from messaging.records import Answer, Attempt
from messaging.sending import postgresql
from notifications.models import Notification
from tests.databases import own_database
from tests.threads import in_threads
from trato.realtime.statements import Locked, StatementConnection

from .answers import IDS, comparable
from .stores import attempt, conversations, stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


def test_a_repeat_that_was_committed_while_waiting_for_the_lock_is_found(
    shopper: User, conversation: Conversation
) -> None:
    async def store_in_the_end(connection: StatementConnection, number: int) -> Answer:
        while True:
            one = [attempt(shopper, conversation, IDS[0], f"from {number}")]
            (answer,) = await postgresql.store(connection, one)
            if not isinstance(answer, Locked):
                return answer

    async def race() -> list[Any]:
        connections = [StatementConnection(), StatementConnection()]
        try:
            return await asyncio.gather(
                *(
                    store_in_the_end(connection, number)
                    for number, connection in enumerate(connections)
                )
            )
        finally:
            for connection in connections:
                connection.close()

    outcomes = [comparable(answer) for answer in asyncio.run(race())]
    assert "conflict" in outcomes
    assert [outcome["is_new"] for outcome in outcomes if outcome != "conflict"] == [True]


def test_batches_and_single_sends_at_once_leave_no_gap(
    shopper: User, seller: User, product: Product
) -> None:
    where = conversations(shopper, product.shop, 3)

    def batch() -> None:
        left = [attempt(shopper, one, uuid.uuid4(), "batch") for one in reversed(where)]
        while left:
            answers = stored(left)
            left = [one for one, answer in zip(left, answers, strict=True) if is_locked(answer)]

    def single() -> None:
        for one in where:
            actions.send(seller, one.pk, uuid.uuid4(), "single")

    works: list[Callable[[], None]] = [batch, single] * 6
    in_threads(len(works), lambda: works.pop()())
    for one in where:
        counters = one.messages.order_by("sequence").values_list("sequence", "revision")
        assert list(counters) == [(number, number) for number in range(1, 13)]


def test_a_locked_conversation_is_left_out_of_its_batch_and_waited_for_by_nobody(
    shopper: User, seller: User, shop: Shop
) -> None:
    held, free = conversations(shopper, shop)
    batch = [
        attempt(shopper, held, IDS[0], "held"),
        attempt(shopper, free, IDS[1], "free"),
        attempt(seller, held, IDS[2], "held too"),
    ]
    with psycopg.connect(own_database()) as other:
        other.execute("SELECT FROM messaging_conversation WHERE id = %s FOR UPDATE", [held.pk])
        first, sent, last = stored(batch)
        assert (is_locked(first), is_locked(last)) == (True, True)
        assert sent.badges == [seller.pk]
    assert [message.body for message in Message.objects.all()] == ["free"]
    assert Notification.objects.get().news.subject_id == free.pk
    assert [sent.sequence for sent in stored([batch[0], batch[2]])] == [1, 2]


def test_in_a_batch_that_is_split_no_message_overtakes_one_that_a_lock_holds(
    shopper: User, seller: User, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free = conversations(shopper, shop)
    batch = [
        attempt(shopper, held, IDS[0], "first"),
        attempt(shopper, free, IDS[1], "not storable \0"),
        attempt(seller, held, IDS[2], "second"),
    ]
    store = postgresql._store
    with psycopg.connect(own_database()) as other:
        other.execute("SELECT FROM messaging_conversation WHERE id = %s FOR UPDATE", [held.pk])

        async def watched(connection: Any, attempts: Sequence[Attempt]) -> list[Answer]:
            answers = await store(connection, attempts)
            if attempts == batch[:1]:
                other.rollback()  # the lock is released before the second one's turn
            return answers

        monkeypatch.setattr(postgresql, "_store", watched)
        first, _failed, second = stored(batch)
    assert (is_locked(first), is_locked(second)) == (True, True)
    assert Message.objects.count() == 0


@pytest.mark.parametrize("table", ["accounts_user", "notifications_news"])
def test_another_lock_keeps_the_whole_batch_for_a_moment_only(
    table: str, shopper: User, conversation: Conversation
) -> None:
    actions.send(shopper, conversation.pk, IDS[0], "one")
    batch = [attempt(shopper, conversation, IDS[1], "two")]
    with psycopg.connect(own_database()) as other:
        other.execute(f"SELECT FROM {table} FOR UPDATE")
        with pytest.raises(Locked):
            stored(batch)
    assert Message.objects.count() == 1
    assert stored(batch)[0].sequence == 2


def test_a_connection_that_the_server_ended_is_opened_again(
    shopper: User, conversation: Conversation
) -> None:
    async def run() -> list[Any]:
        connection = StatementConnection()
        await postgresql.store(connection, [attempt(shopper, conversation, IDS[0], "one")])
        assert connection.raw is not None
        process = connection.raw.info.backend_pid
        await asyncio.to_thread(_terminate, process)
        try:
            return await postgresql.store(
                connection, [attempt(shopper, conversation, IDS[1], "two")]
            )
        finally:
            connection.close()

    assert asyncio.run(run())[0].sequence == 2


def is_locked(answer: Answer) -> bool:
    return isinstance(answer, Locked)


def _terminate(process: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    connection.close()
