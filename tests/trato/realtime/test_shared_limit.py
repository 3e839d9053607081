"""Counting actions in Redis without waiting for it: who is allowed, and how often."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from redis import asyncio as aioredis
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from tests.patience import PATIENCE
from tests.whole import tries
from trato.realtime.moving_window import Limit, MovingWindow, Who
from trato.realtime.redis.connection import RedisConnection
from trato.realtime.shared_limit import COUNT_AFTER_SECONDS, PREFIX, SharedLimit

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis")


class Counted(SharedLimit):
    """A shared limit with its window, as `rate_limits` uses them."""

    async def hit(self, user_ids: Sequence[Who]) -> list[float | None]:
        now = time.time()
        waits = [self._window.hit(user_id, now) for user_id in user_ids]
        places = [place for place, wait in enumerate(waits) if wait is None]
        answers = await super().hit([user_ids[place] for place in places])
        for place, answer in zip(places, answers, strict=True):
            waits[place] = answer
        return waits

    async def give_back(self, user_ids: Sequence[Who]) -> None:
        for user_id in user_ids:
            self._window.give_back(user_id)
        await super().give_back(user_ids)


async def counted(limit: SharedLimit) -> None:
    """Wait until Redis has answered for everything that was allowed, or has failed."""
    while limit._uncounted:
        await asyncio.sleep(0)


Play = Callable[[Callable[[], SharedLimit], list[Exception]], Awaitable[None]]


def play(amount: int, script: Play) -> None:
    """Run a script with a factory of limits, each of which represents a process."""

    async def whole() -> None:
        failures: list[Exception] = []
        connections: list[RedisConnection] = []

        def process() -> SharedLimit:
            connections.append(RedisConnection(ConnectionPool.from_url(settings.REDIS_URL)))
            limit = Limit("TESTS_PER_MINUTE", amount, 60)
            return Counted(connections[-1], limit, MovingWindow(limit), failures.append)

        async with aioredis.Redis.from_url(settings.REDIS_URL) as redis:
            for key in await redis.keys(f"{PREFIX}:TESTS_PER_MINUTE:*"):
                await redis.delete(key)
        async with asyncio.timeout(PATIENCE):
            await script(process, failures)
            await asyncio.sleep(2 * COUNT_AFTER_SECONDS)  # what is waiting to be counted
        for connection in connections:
            await connection.close()

    asyncio.run(whole())


async def passes(limit: SharedLimit, *people: int) -> list[bool]:
    return [wait is None for wait in await limit.hit(people)]


steps = some.lists(
    some.tuples(some.lists(some.integers(1, 2), min_size=1, max_size=9), some.booleans()),
    max_size=8,
)


@hypothesis_settings(max_examples=tries(40), deadline=None)
@given(some.integers(1, 12), steps)
def test_one_process_lets_through_exactly_what_is_allowed(
    amount: int, crowd: list[tuple[list[int], bool]]
) -> None:
    async def script(process: Callable[[], SharedLimit], failures: list[Exception]) -> None:
        limit, through, tried = process(), {1: 0, 2: 0}, {1: 0, 2: 0}
        for people, at_once in crowd:
            if at_once:
                answers = await asyncio.gather(*(passes(limit, person) for person in people))
                allowed = [one for (one,) in answers]
            else:
                allowed = await passes(limit, *people)
            for person, may in zip(people, allowed, strict=True):
                tried[person] += 1
                through[person] += may
        assert through == {person: min(amount, number) for person, number in tried.items()}
        assert failures == []

    play(amount, script)


def test_who_is_far_from_the_limit_does_not_wait_for_redis_and_who_is_near_does() -> None:
    async def script(process: Callable[[], SharedLimit], failures: list[Exception]) -> None:
        limit = process()
        assert await passes(limit, 1) == [True]  # Redis was asked, because nobody knew
        async with aioredis.Redis.from_url(settings.REDIS_URL) as redis:
            await redis.client_pause(300)  # milliseconds
        async with asyncio.timeout(0.1):
            assert await passes(limit, 1, 1, 1, 1) == [True] * 4
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await passes(limit, 1, 1)  # the sixth of ten

    play(8, script)


def test_what_was_let_through_is_counted_for_all_processes() -> None:
    async def script(process: Callable[[], SharedLimit], failures: list[Exception]) -> None:
        one, other = process(), process()
        for _ in range(5):
            assert await passes(one, 1) == [True]
        await counted(one)
        assert await passes(other, *[1] * 6) == [True] * 5 + [False]

    play(10, script)


def test_an_act_that_was_none_is_given_back_whether_or_not_it_was_counted_yet() -> None:
    async def script(process: Callable[[], SharedLimit], failures: list[Exception]) -> None:
        limit = process()
        for is_counted in (False, True):
            for _ in range(20):
                assert await passes(limit, 1) == [True]
                if is_counted:
                    await counted(limit)
                await limit.give_back([1])
        assert await passes(limit, *[1] * 5) == [True, True, True, True, False]

    play(4, script)


def test_when_redis_fails_it_is_told_and_the_next_one_asks() -> None:
    async def script(process: Callable[[], SharedLimit], failures: list[Exception]) -> None:
        limit = process()
        assert await passes(limit, 1) == [True]
        assert await passes(limit, 1) == [True]  # not counted yet
        limit._redis = RedisConnection(ConnectionPool.from_url("redis://127.0.0.1:1"))
        await counted(limit)
        assert [type(error).__name__ for error in failures] == ["ConnectionError"]
        with pytest.raises(RedisError):
            await passes(limit, 1)

    play(10, script)
