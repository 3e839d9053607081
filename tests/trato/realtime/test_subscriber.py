"""Events that a process receives from Redis, even after a lost connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.conf import settings
from redis import asyncio as aioredis
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from tests.patience import PATIENCE
from trato.realtime.redis import subscriber
from trato.realtime.redis.subscriber import Subscriptions

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")


class Ear(Subscriptions):
    """Subscriptions that collect what they receive."""

    def __init__(self, url: str = settings.REDIS_URL) -> None:
        super().__init__(ConnectionPool.from_url(url), self.take)
        self.came: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    def take(self, channel: str, event: bytes) -> None:
        self.came.put_nowait((channel, event))
        if event == b"bad":
            raise ValueError

    async def hears(self, redis: Any, channel: str, event: str = "news") -> None:
        """Publish until a message is received, because nothing arrives during a reconnect."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await redis.publish(channel, event)
                try:
                    async with asyncio.timeout(0.1):
                        assert await self.came.get() == (channel, event.encode())
                        return
                except TimeoutError:
                    continue


async def connection_of(ear: Ear) -> Any:
    await ear.subscribe("one")
    return ear._connection


def end(ear: Ear) -> None:
    """Close the connection as the kernel does."""
    connection: Any = ear._connection
    connection._writer.transport.abort()


@pytest.fixture
async def redis() -> AsyncIterator[Any]:
    async with aioredis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    made = Ear()
    yield made
    await made.close()


async def test_once_it_is_added_redis_tells(ear: Ear, redis: Any) -> None:
    for channel in ("one", "two"):
        await ear.subscribe(channel)
        assert await redis.publish(channel, "news") == 1
        assert await asyncio.wait_for(ear.came.get(), PATIENCE) == (channel, b"news")


async def test_what_was_discarded_is_told_no_more(ear: Ear, redis: Any) -> None:
    await ear.subscribe("one", "two")
    await ear.unsubscribe("one")
    await ear.subscribe("three")  # Redis responds in order
    assert await redis.publish("one", "news") == 0
    assert await redis.publish("two", "news") == 1


async def test_after_the_connection_ended_all_channels_are_heard_again(
    ear: Ear, redis: Any
) -> None:
    await ear.subscribe(*[f"channel {number}" for number in range(1200)])
    await redis.client_kill_filter(_type="pubsub")
    for number in (0, 1199):
        await ear.hears(redis, f"channel {number}")


async def test_after_the_connection_ended_nothing_counts_as_heard_until_redis_says_so(
    ear: Ear, redis: Any
) -> None:
    await ear.subscribe("one")
    assert ear.is_live
    await redis.client_kill_filter(_type="pubsub")
    async with asyncio.timeout(PATIENCE):
        while ear.is_live:
            await asyncio.sleep(0)
        assert await redis.publish("one", "news") == 0
        while not ear.is_live:
            await asyncio.sleep(0)
    assert await redis.publish("one", "news") == 1


async def test_who_joins_after_the_connection_ended_brings_all_channels_back(
    ear: Ear, redis: Any
) -> None:
    await ear.subscribe("one")
    await redis.client_kill_filter(_type="pubsub")
    async with asyncio.timeout(PATIENCE):
        while ear.is_live:
            await asyncio.sleep(0)
        await ear.subscribe("two")
    assert [await redis.publish(channel, "news") for channel in ("one", "two")] == [1, 1]


async def test_what_was_asked_for_again_is_heard_once_redis_has_answered_the_last(
    ear: Ear, redis: Any
) -> None:
    await ear.subscribe("one")
    await redis.client_pause(300)  # milliseconds
    await ear.unsubscribe("one")
    first = asyncio.ensure_future(ear.subscribe("one"))
    await asyncio.sleep(0.01)
    first.cancel()
    await ear.unsubscribe("one")  # before Redis has answered
    await asyncio.wait_for(ear.subscribe("one"), PATIENCE)
    assert await redis.publish("one", "news") == 1


async def test_a_connection_that_ends_is_an_error_for_who_waits(ear: Ear, redis: Any) -> None:
    await ear.subscribe("one")
    await redis.client_pause(300)  # milliseconds
    waiting = asyncio.ensure_future(ear.subscribe("two"))
    await asyncio.sleep(0.01)
    end(ear)
    with pytest.raises(RedisError):
        await asyncio.wait_for(waiting, PATIENCE)
    await ear.hears(redis, "two")  # once it is back, all the same


async def test_a_line_that_is_dead_without_an_end_is_found_by_asking(
    ear: Ear, redis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "ALIVE_SECONDS", 0.2)
    first = await connection_of(ear)
    read = first.read_response

    async def deaf() -> None:  # as if nothing arrived any more
        while True:
            await read()

    monkeypatch.setattr(first, "read_response", deaf)
    async with asyncio.timeout(PATIENCE):
        while ear._connection is first:
            await asyncio.sleep(0.05)
    await ear.hears(redis, "one")


async def test_a_quiet_line_that_answers_is_kept(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriber, "ALIVE_SECONDS", 0.2)
    first = await connection_of(ear)
    answers = asyncio.Semaphore(0)
    send = first.send_packed_command

    async def count(command: Any) -> None:
        await send(command)
        answers.release()

    monkeypatch.setattr(first, "send_packed_command", count)
    async with asyncio.timeout(PATIENCE):
        for _ in range(3):
            await answers.acquire()
    assert ear._connection is first


async def test_an_event_that_cannot_be_handed_on_costs_only_itself(ear: Ear, redis: Any) -> None:
    await ear.subscribe("one")
    await redis.publish("one", "bad")
    await redis.publish("one", "good")
    assert [await asyncio.wait_for(ear.came.get(), PATIENCE) for _ in range(2)] == [
        ("one", b"bad"),
        ("one", b"good"),
    ]


async def test_where_nobody_listens_it_is_said_at_once() -> None:
    deaf = Ear("redis://127.0.0.1:1")
    async with asyncio.timeout(PATIENCE):
        for _ in range(3):
            with pytest.raises(RedisError):
                await deaf.subscribe("one")
    await deaf.close()
