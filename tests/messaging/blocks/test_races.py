"""If a block and a send happen together, no message is stored after the block is committed."""

import asyncio
import contextlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.http import Http404
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as some

from accounts.models import User
from catalog.factories import ProductFactory
from messaging import access, actions
from messaging.blocks.actions import block, unblock
from messaging.models import Block, Conversation, Message, ReadBefore, Side
from messaging.sending import orm, statement
from messaging.sending.orm import OrmStore
from messaging.sending.postgresql import PostgresStore
from tests.messaging.sending.stores import attempt, stored
from tests.said import say
from tests.threads import in_threads
from tests.whole import tries
from trato import rate_limits
from trato.errors import Refused
from trato.realtime.statements import Locked

pytestmark = pytest.mark.django_db(transaction=True)


def test_sends_and_a_block_at_once_leave_only_what_came_before_it(
    shopper: User, seller: User, conversation: Conversation, settings: Any
) -> None:
    settings.MESSAGES_PER_MINUTE = 1000
    number = threading.Lock()
    turns = iter(range(9))
    counts: list[int] = []

    def act() -> str:
        with number:
            turn = next(turns)
        if turn == 4:
            block(shopper, conversation.pk)
            counts.append(Message.objects.count())
            return "blocked it"
        try:
            say(seller, conversation)
        except Refused as refusal:
            return refusal.code
        return "sent"

    answers = in_threads(9, act)
    assert set(answers) <= {"blocked it", "sent", "blocked"}
    assert counts == [answers.count("sent")] == [Message.objects.count()]


@pytest.mark.parametrize("blocks_first", [True, False])
def test_a_batch_that_meets_a_block_waits_for_it(
    blocks_first: bool, shopper: User, seller: User, conversation: Conversation
) -> None:
    store = PostgresStore() if connection.vendor == "postgresql" else OrmStore()

    def send() -> Any:
        async def run() -> Any:
            one = attempt(seller, conversation, uuid.uuid4(), "Hi")
            while True:
                (answer,) = await store.store([one])
                if not isinstance(answer, Locked):
                    return answer
                await asyncio.sleep(0.01)

        try:
            return asyncio.run(run())
        finally:
            store.close()
            connections.close_all()

    if not blocks_first:
        assert send().is_new
        block(shopper, conversation.pk)
        assert Message.objects.count() == 1
        return
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            block(shopper, conversation.pk)
            sending = pool.submit(send)  # sees no block yet, and may not store either
            assert not Message.objects.exists()
        answer = sending.result(60)
    assert isinstance(answer, Refused)
    assert answer.code == "blocked"
    assert not Message.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_a_batch_that_began_before_a_block_stores_nothing_after_it(
    shopper: User, seller: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = statement.wanted().replace("WHERE", "WHERE (SELECT pg_sleep(1)) IS NOT NULL AND", 1)
    monkeypatch.setattr(statement, "wanted", lambda: slow)
    statement.send_statement.cache_clear()
    try:
        with ThreadPoolExecutor(1) as pool:
            one = attempt(seller, conversation, uuid.uuid4(), "Hi")
            sending = pool.submit(stored, [one])
            _wait_until_somebody_sleeps()  # its snapshot was taken, its lock was not
            block(shopper, conversation.pk)
            (answer,) = sending.result(60)
    finally:
        monkeypatch.undo()
        statement.send_statement.cache_clear()
    assert isinstance(answer, Locked)  # to be retried
    assert not Message.objects.exists()
    (again,) = stored([one])
    assert (type(again), again.code) == (Refused, "blocked")


def _wait_until_somebody_sleeps() -> None:
    with connection.cursor() as cursor:
        for _ in range(6_000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event = 'PgSleep'"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody sleeps")


def test_a_block_and_a_new_conversation_leave_no_open_one(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    for _ in range(3):
        product = ProductFactory(shop=conversation.shop)
        turns = iter(["block", "start"])

        def act(product: Any = product, turns: Any = turns) -> None:
            if next(turns) == "block":
                block(seller, conversation.pk)
            else:
                with contextlib.suppress(Refused):
                    actions.start_conversation(shopper, product=product)

        in_threads(2, act)
        assert not Conversation.objects.filter(blocked_by="").exists()
        unblock(seller, conversation.pk)
        rate_limits.reset()


STEPS = some.tuples(some.sampled_from(["block", "unblock", "send"]), some.integers(0, 2))


@examples(
    max_examples=tries(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(some.lists(STEPS, min_size=2, max_size=10))
def test_any_order_of_acts_keeps_the_flag_and_the_rows_equal(
    shopper: User,
    seller: User,
    colleague: User,
    conversation: Conversation,
    steps: list[tuple[str, int]],
) -> None:
    rate_limits.reset()
    people = [shopper, seller, colleague]
    Block.objects.all().delete()
    ReadBefore.objects.all().delete()
    Conversation.objects.update(blocked_by="")
    blocking: set[str] = set()
    for act, who in steps:
        person = people[who]
        side = conversation.side_of(person.pk).value
        if act == "send":
            (answer,) = orm.store([attempt(person, conversation, uuid.uuid4(), "Hi")])
            assert not isinstance(answer, Http404)
            assert isinstance(answer, Refused) == bool(blocking)
        elif act == "block":
            assert block(person, conversation.pk) == (side not in blocking)
            blocking.add(side)
        else:
            assert unblock(person, conversation.pk) == (side in blocking)
            blocking.discard(side)
        row = Conversation.objects.get(pk=conversation.pk)
        assert row.blocked_by == access.blocked_by_of(shopper.pk, conversation.shop_id)
        assert {one.value for one in Side if row.is_blocked_by(one)} == blocking
