"""Batches in which a send waits for a lock."""

import asyncio
from typing import Any

import pytest

from messaging.sending.batcher import Batcher

from .batches import (
    ACCEPTED,
    OTHER,
    ROW,
    Database,
    answered,
    finish,
    run,
    send,
)


def test_who_waits_for_a_lock_is_passed_but_not_within_a_conversation(settings: Any) -> None:
    settings.SEND_STALL_SECONDS = 0.01

    async def play(batcher: Batcher, database: Database) -> None:
        held = send(batcher, "held", conversation=1)
        await database.has_got(1)
        same, other = send(batcher, "same", conversation=1), send(batcher, "other", conversation=2)
        await database.has_got(2)
        assert database.batches == [["held"], ["other"]]
        database.waiting[1].set_result(None)
        assert await answered(other) == [ACCEPTED]
        assert not held.done()
        database.waiting[0].set_result(None)
        await database.has_got(3)
        database.waiting[2].set_result(None)
        assert await answered(held, same) == [ACCEPTED] * 2
        assert database.batches[2] == ["same"]

    run(play)


def test_a_locked_conversation_holds_up_nobody_and_keeps_its_order() -> None:
    async def play(batcher: Batcher, database: Database) -> None:
        database.locks[1] = ROW
        held, free = send(batcher, "held", 1), send(batcher, "free", 2)
        await database.has_got(1)
        later, same = send(batcher, "later", 3), send(batcher, "same", 1)
        while len(batcher.queue.sends) < 2:  # they are queued before the held one is back
            await asyncio.sleep(0)
        database.waiting[0].set_result(None)
        assert await answered(free) == [ACCEPTED]
        await database.has_got(2)
        assert database.batches[:2] == [["held", "free"], ["later"]]
        database.waiting[1].set_result(None)
        assert await answered(later) == [ACCEPTED]
        del database.locks[1]
        await let_all_be_stored(database, held, same)
        assert database.announced == ["free", "later", "held", "same"]

    run(play)


def test_who_shares_a_batch_with_one_that_waits_is_stored_without_it() -> None:
    async def play(batcher: Batcher, database: Database) -> None:
        database.locks[1] = OTHER
        held, mate = send(batcher, "held", 1), send(batcher, "mate", 2)
        await let_all_be_stored(database, mate)
        other = send(batcher, "other", 3)
        await let_all_be_stored(database, other)
        assert all(batch == ["held"] for batch in database.batches[1:] if "held" in batch)
        assert not held.done()
        del database.locks[1]
        await let_all_be_stored(database, held)
        again = send(batcher, "again", 1), send(batcher, "beside", 2)
        await let_all_be_stored(database, *again)
        assert database.batches[-1] == ["again", "beside"]  # one batch, as before
        assert (batcher.sends, batcher.queue.isolated, batcher.queue._pauses) == ({}, {}, {})

    run(play)


def test_some_who_wait_apart_keep_no_other_from_being_stored(settings: Any) -> None:
    settings.SEND_STALL_SECONDS = settings.SEND_LOCK_PAUSE_SECONDS = 0.0

    async def play(batcher: Batcher, database: Database) -> None:
        database.locks = dict.fromkeys((1, 2, 3), OTHER)
        # Each pause ends before the next attempt, so a send that hits a lock is always due again.
        held = [send(batcher, f"held {number}", number) for number in database.locks]
        free = send(batcher, "free", 4)
        for tries in range(1, 6):  # all of them, and then one by one
            await database.has_got(tries)
            await asyncio.sleep(0)
            database.waiting[tries - 1].set_result(None)
        assert database.batches[1:5] == [["held 1"], ["held 2"], ["held 3"], ["free"]]
        assert await answered(free) == [ACCEPTED]
        database.locks.clear()
        await let_all_be_stored(database, *held)

    run(play)


@pytest.mark.parametrize("lock", [ROW, OTHER])
def test_a_lock_is_not_waited_for_without_end(lock: str, settings: Any) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = 0.3

    async def play(batcher: Batcher, database: Database) -> None:
        database.locks[1] = lock
        held, behind = send(batcher, "held", 1), send(batcher, "behind", 1)
        await let_all_be_stored(database, held, behind)
        assert set(await answered(held, behind)) == {"somebody holds a lock"}
        assert database.announced == []
        database.locks.clear()
        later = send(batcher, "later", 1)
        await let_all_be_stored(database, later)
        assert await answered(later) == [ACCEPTED]

    run(play)


async def let_all_be_stored(database: Database, *until: "asyncio.Future[str]") -> None:
    """Store each batch immediately until some sends are answered."""
    while not all(one.done() for one in until):
        finish(database)
        await asyncio.sleep(0.001)
