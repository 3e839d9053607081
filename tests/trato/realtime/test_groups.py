"""Sending to groups: who receives what, in which order, without delaying the sender."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from typing import Any, cast

import pytest
import redis
from channels.layers import get_channel_layer
from django.conf import settings as django_settings
from redis import asyncio as aioredis

from config.settings.base import channel_layers
from deploy import services
from tests.patience import PATIENCE
from trato.realtime import groups


class Listener:
    """A fake socket: collects events, and can wait for them."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[groups.Event] = asyncio.Queue()

    def handle_event(self, event: groups.Event) -> None:
        self.heard.put_nowait(event)

    async def next(self) -> groups.Event:
        return await asyncio.wait_for(self.heard.get(), PATIENCE)


def change(revision: int) -> dict[str, Any]:
    return {"type": "chat.message", "conversation": 7, "revision": revision, "frame": "…"}


async def from_another_process(group: str, event: dict[str, Any]) -> None:
    await get_channel_layer().group_send(group, {**event, "group": group, "origin": "another"})


async def revisions(listener: Listener, number: int) -> list[int]:
    return [(await listener.next())["revision"] for _ in range(number)]


async def test_synchronous_code_on_a_loops_own_thread_rings_too() -> None:
    listener = Listener()
    assert await groups.add("user.1", listener)
    groups.send(["user.1"], {"type": "badge.changed"})
    assert await listener.next() == {"type": "badge.changed"}


async def test_an_event_is_heard_once_though_the_layer_echoes_it() -> None:
    listener = Listener()
    await groups.add("user.1", listener)
    await groups.asend_many([(["user.1"], {"type": "badge.changed"})])
    await from_another_process("user.1", {"type": "last"})
    assert [(await listener.next())["type"] for _ in range(2)] == ["badge.changed", "last"]


async def test_other_processes_hear_what_is_rung_here() -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("user.1", channel)
    await groups.asend_many([(["user.1"], {"type": "badge.changed"})])
    heard = await asyncio.wait_for(layer.receive(channel), PATIENCE)
    assert heard["type"] == "badge.changed"


async def test_who_left_hears_nothing_more_and_who_stayed_does() -> None:
    left, stayed = Listener(), Listener()
    for listener in (left, stayed):
        await groups.add("user.1", listener)
    groups.discard("user.1", left)
    groups.send(["user.1"], {"type": "badge.changed"})
    await stayed.next()
    assert left.heard.empty()


async def test_what_another_process_tells_too_early_waits_for_what_comes_before() -> None:
    listener = Listener()
    await groups.add("seller.1", listener)
    groups.send(["seller.1"], change(1))
    for revision in (3, 4, 2, 5):
        await from_another_process("seller.1", change(revision))
    assert await revisions(listener, 5) == [1, 2, 3, 4, 5]


async def test_what_was_lost_is_not_waited_for_long_and_a_double_is_dropped() -> None:
    listener = Listener()
    await groups.add("seller.1", listener)
    groups.send(["seller.1"], change(1))
    for revision in (3, 3, 1):
        await from_another_process("seller.1", change(revision))
    assert await revisions(listener, 2) == [1, 3]
    await from_another_process("seller.1", change(2))  # late, but announced
    await from_another_process("seller.1", change(4))
    assert await revisions(listener, 2) == [2, 4]
    assert listener.heard.empty()


async def test_what_comes_first_does_not_drop_what_was_told_just_before_it() -> None:
    listener = Listener()
    await groups.add("seller.1", listener)
    for revision in (12, 11, 11, 12, 13):
        await from_another_process("seller.1", change(revision))
    assert await revisions(listener, 3) == [12, 11, 13]
    assert listener.heard.empty()


@pytest.mark.parametrize("number", [1, 300])
async def test_many_groups_are_joined_and_rung(number: int) -> None:
    listener = Listener()
    names = [f"user.{one}" for one in range(number)]
    assert all(await asyncio.gather(*(groups.add(group, listener) for group in names)))
    for group in names:
        await from_another_process(group, {"type": "badge.changed"})
    heard = {(await listener.next())["group"] for _ in names}
    assert heard == set(names)


async def test_who_joins_is_not_kept_waiting_by_those_who_come_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """This happens when thousands of sockets reconnect at once."""
    layer, listener = get_channel_layer(), Listener()
    await groups.add("user.0", listener)
    later: list[asyncio.Future[bool]] = []

    async def slow(*_args: Any) -> None:
        if len(later) < 100:  # a new socket arrives each time the layer responds
            later.append(groups.add(f"user.{len(later) + 2}", listener))
        await asyncio.sleep(0)

    for name in ("group_add", "group_add_many"):
        monkeypatch.setattr(layer, name, slow, raising=False)
    assert await groups.add("user.1", listener)
    assert len(later) < 100
    async with asyncio.timeout(PATIENCE):
        assert all(await asyncio.gather(*later))


async def test_a_layer_that_hangs_holds_nobody_up_for_longer_than_one_try(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_TIMEOUT_SECONDS = 1  # 100 attempts would take longer than we wait below
    layer = get_channel_layer()

    async def hang(*args: Any) -> None:
        await asyncio.Event().wait()

    for name in ("group_send", "publish_many"):
        monkeypatch.setattr(layer, name, hang, raising=False)
    listener = Listener()
    await groups.add("user.1", listener)
    async with asyncio.timeout(PATIENCE):
        for _ in range(100):
            await groups.asend_many([(["user.1"], {"type": "badge.changed"})])
    assert listener.heard.qsize() == 100


@contextlib.contextmanager
def stopped_redis(address: str) -> Iterator[None]:
    """Simulate a hanging Redis: it doesn't respond until the end of the block.

    Args:
        address: the address of the test's own server.
    """
    with contextlib.closing(redis.Redis.from_url(address)) as client:
        known = cast(dict[str, Any], client.info("server"))
    os.kill(known["process_id"], signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(known["process_id"], signal.SIGCONT)


@pytest.mark.skipif(not django_settings.REDIS_URL, reason="needs Redis")
async def test_a_redis_that_confirms_late_is_heard_as_soon_as_it_does(settings: Any) -> None:
    """A waiting join gives up in time, and doesn't spoil the next attempt."""
    listener = Listener()
    assert await groups.add("user.2", listener)
    settings.REDIS_TIMEOUT_SECONDS = 0.2
    with stopped_redis(settings.REDIS_URL):
        assert not await groups.add("user.1", listener)
    async with asyncio.timeout(PATIENCE):
        while not await groups.add("user.1", listener):
            await asyncio.sleep(0.05)
    await from_another_process("user.1", {"type": "badge.changed"})
    assert (await listener.next())["type"] == "badge.changed"


@pytest.mark.skipif(not django_settings.REDIS_URL, reason="needs Redis")
async def test_a_group_left_while_redis_is_silent_is_left_for_good(
    settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    listener, other = Listener(), Listener()
    with services.redis_server(tmp_path_factory.mktemp("redis")) as broker:
        settings.CHANNEL_LAYERS = channel_layers(broker.address)
        assert await groups.add("user.2", other)
        settings.REDIS_TIMEOUT_SECONDS = 0.2
        broker.pause()
        assert not await groups.add("user.1", listener)
        groups.discard("user.1", listener)
        broker.resume()
        settings.REDIS_TIMEOUT_SECONDS = PATIENCE
        async with asyncio.timeout(PATIENCE), aioredis.Redis.from_url(broker.address) as redis:
            while not await groups.add("user.3", other):
                await asyncio.sleep(0.05)
            while await heard_groups(redis) != {"user.2", "user.3"}:
                await asyncio.sleep(0.05)
        await get_channel_layer().flush()


async def heard_groups(redis: Any) -> set[str]:
    return {name.decode().split("__")[-1] for name in await redis.pubsub_channels("*__group__*")}


async def test_while_the_layer_is_away_who_joins_does_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer, listener = get_channel_layer(), Listener()
    tries = asyncio.Event()

    async def away(*args: Any) -> None:
        tries.set()
        raise OSError

    for name in ("group_add", "group_add_many"):
        monkeypatch.setattr(layer, name, away, raising=False)
    assert not await groups.add("user.1", listener)
    tries.clear()
    assert not await groups.add("user.2", listener)  # received before another attempt
    assert not tries.is_set()
    monkeypatch.undo()
    async with asyncio.timeout(PATIENCE):
        while not await groups.add("user.1", listener):
            await asyncio.sleep(0.05)
