"""The event loop's own connection to Redis."""

import asyncio
from collections.abc import Callable

import pytest
import uvloop
from django.conf import settings
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.redis_line import RedisLine

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
def test_a_connection_that_has_ended_is_an_error_of_redis_and_the_next_call_opens_another(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def play() -> None:
        line = RedisLine(ConnectionPool.from_url(settings.REDIS_URL))
        assert await line.call("ECHO", "one") == b"one"
        line._connection._writer.transport.abort()
        await asyncio.sleep(0.01)  # until the loop has seen to it
        with pytest.raises(RedisConnectionError):
            await line.call("ECHO", "two")
        assert await line.call("ECHO", "three") == b"three"
        await line.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(play())
