"""The event loop's own connection to Redis."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.conf import settings
from redis import asyncio as aioredis
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError, ResponseError

from trato.realtime.redis.connection import RedisConnection

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")


@pytest.fixture
async def connection() -> AsyncIterator[RedisConnection]:
    made = RedisConnection(ConnectionPool.from_url(settings.REDIS_URL))
    yield made
    await made.close()


async def test_each_call_gets_its_own_answer(connection: RedisConnection) -> None:
    words = [str(number) * 10_000 for number in range(100)]
    *answers, refused, last = await asyncio.gather(
        *(connection.call("ECHO", word) for word in words),
        connection.call("NO SUCH COMMAND"),
        connection.call("ECHO", "last"),
        return_exceptions=True,
    )
    assert answers == [word.encode() for word in words]
    assert isinstance(refused, ResponseError)
    assert last == b"last"


async def test_a_call_that_is_given_up_leaves_nobody_its_answer(
    connection: RedisConnection,
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await connection.call("BLPOP", "trato-test-nothing", 10)
    assert await connection.call("ECHO", "mine") == b"mine"


async def test_a_connection_that_ended_is_opened_again(connection: RedisConnection) -> None:
    assert await connection.call("ECHO", "one") == b"one"
    killed: Any = await connection.call("CLIENT", "ID")
    async with aioredis.Redis.from_url(settings.REDIS_URL) as redis:
        await redis.client_kill_filter(_id=killed)
    assert await connection.call("ECHO", "two") == b"two"


async def test_a_call_while_redis_is_away_is_an_error() -> None:
    nobody = RedisConnection(ConnectionPool.from_url("redis://127.0.0.1:1"))
    for _ in range(2):
        with pytest.raises(RedisError):
            await nobody.call("ECHO", "one")
