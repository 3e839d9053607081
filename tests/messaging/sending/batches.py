"""A batcher with a store that the test controls."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from unittest.mock import patch

import uvloop

from accounts.models import User
from messaging import pipeline
from messaging.models import Side
from messaging.records import Answer, Attempt, Sent, content_of
from messaging.sending.base import Store
from messaging.sending.batcher import Batcher
from tests.patience import PATIENCE
from trato.realtime.statements import Locked

PERSON = User(pk=1, name="Lucía")


Batch = list[str]


ROW, OTHER = "row", "other"  # what another transaction has locked


class Database(Store):
    """Stores a batch when the test says so, and logs the order of everything."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.stored: list[str] = []
        self.announced: list[str] = []
        self.waiting: list[asyncio.Future[None]] = []
        self.locks: dict[int, str] = {}  # by conversation
        self.came = asyncio.Condition()

    async def check_many(self, attempts: Sequence[Attempt]) -> None:
        await asyncio.sleep(0)

    async def store(self, attempts: Sequence[Attempt]) -> list[Answer]:
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
        with patch.multiple(
            pipeline,
            check_many=lambda attempts: database.check_many(attempts),
            announce=lambda sents: database.announce(sents),
            give_back=database.give_back,
        ):
            async with asyncio.timeout(PATIENCE):
                await play(batcher, database)

    asyncio.run(whole())
    uvloop.run(whole())  # as on uvicorn; its timers are less exact


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
    """Return the type of each acknowledgement, or the error."""
    answers = await asyncio.gather(*futures, return_exceptions=True)
    return [
        str(answer) if isinstance(answer, BaseException) else json.loads(answer)["type"]
        for answer in answers
    ]


ACCEPTED = "message.accepted"


def finish(database: Database) -> None:
    """Finish the latest batch that is still being stored; the others are stalled."""
    for may in reversed(database.waiting):
        if not may.done():
            may.set_result(None)
            return
