"""The event loop's own connection to Redis."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvloop
from django.conf import settings
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from tests.patience import PATIENCE
from trato.realtime.redis import connection as connections
from trato.realtime.redis import layer
from trato.realtime.redis.connection import RedisConnection, Script

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


def run(loop: Callable[[], asyncio.AbstractEventLoop], play: Callable[[], Any]) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(play())


def end(connection: RedisConnection) -> None:
    """Let the connection end, as the system would tell of it."""
    assert connection._protocol is not None
    assert connection._protocol._writer is not None
    connection._protocol._writer.transport.abort()


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_a_connection_that_ends_is_an_error_for_who_waits_and_the_next_call_opens_another(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def play() -> None:
        connection = RedisConnection(ConnectionPool.from_url(settings.REDIS_URL))
        assert await connection.call("ECHO", "one") == b"one"
        for pause in (0.05, 0.0):  # sent by then, or too late to be sent
            waiting = asyncio.ensure_future(connection.call("BLPOP", "trato-test-nothing", 5))
            if pause:
                await asyncio.sleep(pause)
            end(connection)
            with pytest.raises(RedisConnectionError):
                await waiting
            assert await connection.call("ECHO", "two") == b"two"
        connection.close()

    run(loop, play)


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_calls_do_not_wait_for_each_other_and_each_gets_its_own_answer(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def play() -> None:
        connection = RedisConnection(ConnectionPool.from_url(settings.REDIS_URL))
        words = [str(number) * 10_000 for number in range(100)]
        answers = await asyncio.gather(
            *(connection.call("ECHO", word) for word in words), connection.call("NO SUCH COMMAND"),
            connection.call("ECHO", "last"), return_exceptions=True,
        )  # fmt: skip
        assert answers[:100] == [word.encode() for word in words]
        assert isinstance(answers[100], ResponseError)
        assert answers[101] == b"last"
        connection.close()

    run(loop, play)


async def test_who_gives_up_waiting_leaves_nobody_somebody_elses_answer() -> None:
    connection = RedisConnection(ConnectionPool.from_url(settings.REDIS_URL))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await connection.call("BLPOP", "trato-test-nothing", 10)
    assert await connection.call("ECHO", "mine") == b"mine"
    connection.close()


async def test_a_script_is_found_again_by_a_redis_that_has_forgotten_it() -> None:
    connection, script = (
        RedisConnection(ConnectionPool.from_url(settings.REDIS_URL)),
        Script("return KEYS[1]"),
    )
    for _ in range(2):
        assert await script.run(connection, ["one"], []) == b"one"
        await connection.call("SCRIPT", "FLUSH")
    connection.close()


async def test_without_redis_pys_private_parts_its_own_client_runs_the_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "IS_SUPPORTED", False)
    pool = ConnectionPool.from_url(settings.REDIS_URL)
    connection, script = RedisConnection(pool), Script("return KEYS[1]")
    assert await connection.call("ECHO", "plain") == b"plain"
    await connection.call("SCRIPT", "FLUSH")
    assert [await script.run(connection, [word], []) for word in ("one", "two")] == [b"one", b"two"]
    assert connection._protocol is None
    await pool.aclose()


async def test_without_channels_redis_private_parts_the_stock_layer_carries_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layer, "IS_SUPPORTED", False)
    made = layer.PubSubLayer(hosts=[settings.REDIS_URL])
    assert not hasattr(made, "publish_many")
    channel = await made.new_channel()
    await made.group_add("user.1", channel)
    await made.group_send("user.1", {"type": "badge.changed"})
    assert await asyncio.wait_for(made.receive(channel), PATIENCE) == {"type": "badge.changed"}
    await made.flush()
