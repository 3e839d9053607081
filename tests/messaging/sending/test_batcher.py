"""The batching of sends, and when each is answered."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import OperationalError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as some

from messaging.records import Sent
from messaging.sending.batcher import Batcher
from trato.errors import conflict

from .batches import (
    ACCEPTED,
    OTHER,
    ROW,
    Database,
    answered,
    attempt,
    finish,
    run,
    send,
)


def test_one_alone_is_stored_at_once_and_those_of_its_time_together() -> None:
    async def play(batcher: Batcher, database: Database) -> None:
        first = send(batcher, "one")
        await database.has_got(1)
        later = [
            send(batcher, body, number) for number, body in enumerate(["two", "three"], start=2)
        ]
        database.waiting[0].set_result(None)
        await database.has_got(2)
        database.waiting[1].set_result(None)
        assert await answered(first, *later) == [ACCEPTED] * 3
        assert database.batches == [["one"], ["two", "three"]]
        assert not batcher.sends

    run(play)


def test_the_next_batch_goes_to_the_database_before_the_last_one_is_told() -> None:
    async def play(batcher: Batcher, database: Database) -> None:
        stored_before: list[int] = []
        announce = database.announce

        def watched(sents: Sequence[Sent]) -> None:
            stored_before.append(len(database.batches))
            announce(sents)

        database.announce = watched  # type: ignore[method-assign]
        first = send(batcher, "one")
        await database.has_got(1)
        second = send(batcher, "two")
        while not batcher.queue.sends:
            await asyncio.sleep(0)
        database.waiting[0].set_result(None)
        await answered(first)
        assert stored_before == [2]
        database.waiting[1].set_result(None)
        await answered(second)

    run(play)


def test_while_all_goes_well_there_is_one_batch_at_a_time(settings: Any) -> None:
    settings.SEND_STALL_SECONDS = 60

    async def play(batcher: Batcher, database: Database) -> None:
        first = send(batcher, "one", conversation=1)
        await database.has_got(1)
        second = send(batcher, "two", conversation=2)
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(database.batches) == 1
        database.waiting[0].set_result(None)
        await database.has_got(2)
        database.waiting[1].set_result(None)
        await answered(first, second)

    run(play)


@pytest.mark.parametrize("where", ["check_many", "store", "announce"])
def test_whatever_fails_everybody_is_answered_and_the_next_ones_are_stored(where: str) -> None:
    async def play(batcher: Batcher, database: Database) -> None:
        whole = getattr(database, where)

        def broken(*_args: Any) -> Any:
            setattr(database, where, whole)
            raise OperationalError("away")

        setattr(database, where, broken)
        first = send(batcher, "one")
        if where == "announce":
            await database.has_got(1)
            database.waiting[0].set_result(None)
        assert await answered(first) == [ACCEPTED if where == "announce" else "away"]
        before = len(database.batches)
        second = send(batcher, "two")
        await database.has_got(before + 1)
        database.waiting[-1].set_result(None)
        assert await answered(second) == [ACCEPTED]
        assert not batcher.sends

    run(play)


def test_a_repeat_under_way_shares_the_answer_and_other_words_do_not() -> None:
    async def play(batcher: Batcher, database: Database) -> None:
        client_id = uuid.uuid4()
        first = batcher.submit(attempt(1, "one", client_id))
        await database.has_got(1)
        assert batcher.submit(attempt(1, "one ", client_id)) is first
        other = batcher.submit(attempt(1, "two", client_id))
        assert await answered(other) == [str(conflict())]
        database.waiting[0].set_result(None)
        await answered(first)
        assert database.batches == [["one"]]

    run(play)


@given(
    some.lists(
        some.one_of(some.integers(1, 4), some.sampled_from(["turn", "done", ROW, OTHER, "free"])),
        max_size=60,
    ),
    some.integers(1, 5),
)
def test_what_is_said_in_a_conversation_keeps_its_order(steps: list[Any], most: int) -> None:
    async def play(batcher: Batcher, database: Database) -> None:
        sent: list[asyncio.Future[str]] = []
        with override_settings(SEND_BATCH_MAX=most, SEND_STALL_SECONDS=0):
            for number, step in enumerate(steps):
                if step == "turn":
                    await asyncio.sleep(0)
                elif step == "done":
                    finish(database)
                elif step == "free":
                    database.locks.clear()
                elif step in (ROW, OTHER):
                    database.locks[1 + len(sent) % 2] = step
                else:
                    sent.append(send(batcher, f"{step}:{number}", conversation=step))
            database.locks.clear()
            while not all(one.done() for one in sent):
                finish(database)
                await asyncio.sleep(0)
        stored = database.stored
        assert all(len(batch) <= most for batch in database.batches)
        for conversation in range(1, 5):
            mine = [body for body in stored if body.startswith(f"{conversation}:")]
            assert mine == sorted(mine, key=lambda body: int(body.split(":")[1]))
            told = [body for body in database.announced if body.startswith(f"{conversation}:")]
            assert told == mine
        assert len(stored) == len(sent) == len(set(stored))

    run(play)
