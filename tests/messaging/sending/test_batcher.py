"""How sends wait for each other: what is stored together, in what order, who goes past whom."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as some

from accounts.models import User
from messaging.models import Side
from messaging.records import Attempt, Sent, content_of
from messaging.sending.batcher import Batcher
from messaging.sending.store import Store
from tests.patience import PATIENCE
from trato.errors import conflict
from trato.realtime.statements import Locked

PERSON = User(pk=1, name="Lucía")
Batch = list[str]
ROW, OTHER = "row", "other"  # what somebody may have locked: a conversation's row, or another


class Database(Store):
    """Stores a batch when it is told to, and remembers the order of everything."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.stored: list[str] = []
        self.announced: list[str] = []
        self.waiting: list[asyncio.Future[None]] = []
        self.locks: dict[int, str] = {}  # by conversation
        self.came = asyncio.Condition()

    async def check(self, attempts: Sequence[Attempt]) -> None:
        await asyncio.sleep(0)

    async def store(self, attempts: Sequence[Attempt]) -> list[Sent | Exception]:
        may = asyncio.get_running_loop().create_future()
        async with self.came:
            self.batches.append([attempt.body for attempt in attempts])
            self.waiting.append(may)
            self.came.notify_all()
        await may
        locks = [self.locks.get(attempt.conversation_id) for attempt in attempts]
        if OTHER in locks:
            raise Locked
        return [
            Locked() if lock else self.sent(attempt)
            for attempt, lock in zip(attempts, locks, strict=True)
        ]

    def sent(self, attempt: Attempt) -> Sent:
        self.stored.append(attempt.body)
        return Sent(
            **content_of(attempt),
            id=1, conversation_id=attempt.conversation_id, consumer_id=1, shop_id=1, sequence=1,
            revision=1, client_id=attempt.client_id, sender_id=1, sender_name="", is_new=True,
            side=Side.CONSUMER, created_at=datetime.now(UTC),
        )  # fmt: skip

    def announce(self, sents: Sequence[Sent]) -> None:
        self.announced += [sent.body for sent in sents]

    async def give_back(self, attempts: Sequence[Attempt]) -> None:
        raise AssertionError("nothing was counted")

    async def has_got(self, count: int) -> None:
        async with self.came:
            await self.came.wait_for(lambda: len(self.batches) >= count)


def run(play: Callable[[Batcher, Database], Awaitable[None]]) -> None:
    async def whole() -> None:
        database = Database()
        batcher = Batcher(database)
        async with asyncio.timeout(PATIENCE):
            await play(batcher, database)

    asyncio.run(whole())


def send(batcher: Batcher, body: str, conversation: int = 1) -> "asyncio.Future[str]":
    return batcher.submit(attempt(conversation, body))


def attempt(conversation: int, body: str, client_id: uuid.UUID | None = None) -> Attempt:
    return Attempt(
        sender=PERSON,
        conversation_id=conversation,
        client_id=client_id or uuid.uuid4(),
        body=body,
    )


async def answered(*futures: "asyncio.Future[str]") -> list[str]:
    """The type of the acknowledgement of each, or its error."""
    answers = await asyncio.gather(*futures, return_exceptions=True)
    return [
        str(answer) if isinstance(answer, BaseException) else json.loads(answer)["type"]
        for answer in answers
    ]


ACCEPTED = "message.accepted"


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
        assert database.batches[-1] == ["again", "beside"]  # one batch as before
        assert (batcher.sends, batcher.queue.isolated, batcher.queue._pauses) == ({}, {}, {})

    run(play)


def test_some_who_wait_apart_keep_no_other_from_being_stored(settings: Any) -> None:
    settings.SEND_STALL_SECONDS = settings.SEND_LOCK_PAUSE_SECONDS = 0.0

    async def play(batcher: Batcher, database: Database) -> None:
        database.locks = dict.fromkeys((1, 2, 3), OTHER)
        # Each pause ends before the next try: a send that waits for a lock is always due again.
        held = [send(batcher, f"held {number}", number) for number in database.locks]
        free = send(batcher, "free", 4)
        for tries in range(1, 6):  # all of them, and then each
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
    """Let each batch be stored at once until some sends are answered."""
    while not all(one.done() for one in until):
        finish(database)
        await asyncio.sleep(0.001)


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


@pytest.mark.parametrize("where", ["check", "store", "announce"])
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


def finish(database: Database) -> None:
    """Let the latest batch that is still being stored be done: the others are held up."""
    for may in reversed(database.waiting):
        if not may.done():
            may.set_result(None)
            return
