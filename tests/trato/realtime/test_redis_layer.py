"""The channel layer on Redis, and what it needs from redis-py and channels-redis."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.conf import settings
from redis import asyncio as aioredis

from tests.patience import PATIENCE
from trato.realtime.redis import layer

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")

EVENT = {"type": "badge.changed"}


@pytest.fixture
async def redis() -> AsyncIterator[Any]:
    async with aioredis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


class Process:
    """A separate layer that receives one group's events and can publish to the group."""

    def __init__(self) -> None:
        self.layer: Any = layer.PubSubLayer(hosts=[settings.REDIS_URL])
        self.events: asyncio.Queue[Any] = asyncio.Queue()

    async def join(self, group: str) -> None:
        channel = self.layer.new_callback_channel(
            lambda _group, event: self.events.put_nowait(event)
        )
        await self.layer.group_add_many([group], channel)

    async def publish(self, group: str, own: tuple[str, ...] = ()) -> None:
        await self.layer.publish_many([layer.GroupEvent([group], EVENT)], own)

    async def next(self) -> Any:
        return await asyncio.wait_for(self.events.get(), PATIENCE)


@pytest.fixture
async def processes() -> AsyncIterator[list[Process]]:
    both = [Process(), Process()]
    yield both
    for process in both:
        await process.layer.flush()


@pytest.fixture
async def pair(processes: list[Process]) -> tuple[Process, Process]:
    """A process that has published an event, and one that has received it."""
    speaker, hearer = processes
    await hearer.join("user.1")
    await speaker.publish("user.1")
    assert await hearer.next() == EVENT
    return speaker, hearer


async def test_redis_may_forget_the_script_and_end_the_connections(
    pair: tuple[Process, Process], redis: Any
) -> None:
    speaker, hearer = pair
    await redis.script_flush()
    await redis.client_kill_filter(_type="normal", skipme=True)
    await speaker.publish("user.1")
    assert await hearer.next() == EVENT


async def test_a_publish_that_is_given_up_leaves_the_next_one_alone(
    pair: tuple[Process, Process], redis: Any
) -> None:
    speaker, hearer = pair
    await redis.client_pause(300)  # milliseconds
    first = asyncio.ensure_future(speaker.publish("user.1"))
    second = asyncio.ensure_future(speaker.publish("user.1"))
    await asyncio.sleep(0.05)
    first.cancel()
    await asyncio.wait_for(second, PATIENCE)
    assert await hearer.next() == EVENT


async def test_an_own_event_does_not_come_back(processes: list[Process], redis: Any) -> None:
    alone, other = processes
    await alone.join("user.1")
    await alone.publish("user.1", own=("user.1",))
    await other.publish("user.1")
    assert await alone.next() == EVENT
    assert alone.events.empty()


async def test_without_channels_redis_private_parts_the_stock_layer_carries_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layer, "IS_SUPPORTED", False)
    made = layer.PubSubLayer(hosts=[settings.REDIS_URL])
    assert not hasattr(made, "publish_many")
    channel = await made.new_channel()
    await made.group_add("user.1", channel)
    await made.group_send("user.1", EVENT)
    assert await asyncio.wait_for(made.receive(channel), PATIENCE) == EVENT
    await made.flush()
