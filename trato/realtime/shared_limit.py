"""A limit that all processes share, counted in Redis; most actions don't wait for Redis.

A person who has used less than half of the allowance is far from the limit: the action is allowed
immediately and counted a moment later, together with everybody else's. So nobody's message waits
for Redis unless its sender is near the limit. One process never allows more than the limit, thanks
to its own `MovingWindow`. A person who sends through several processes at once may gain half an
allowance in each, until the processes learn each other's counts a moment later, and a whole
allowance in each while Redis does not answer. For the reasons, see
`docs/decisions/0012-limits-are-known-here.md`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

from django.conf import settings
from redis.exceptions import RedisError

from .background import spawn
from .moving_window import Limit, MovingWindow, Who
from .redis.connection import RedisConnection

PREFIX = "trato-limits"  # of the keys in Redis
REDIS_ERRORS = (RedisError, OSError, TimeoutError)
COUNT_AFTER_SECONDS = 0.005  # how long allowed actions collect before they are counted
REMEMBERED_MAX = 100_000  # people far from the limit; above that, all are looked up again

# The moving windows of many people at once. Each is a list of the times of actions, newest first.
# For each person, the answer is the number of actions in the window, including this one. If this
# one is too many, it is the time (as a string) of the action that has to leave the window first.
HIT_MANY = """
local now, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local answers = {}
for index, key in ipairs(KEYS) do
    local oldest = redis.call('LINDEX', key, -1)
    while oldest and tonumber(oldest) < now - window do
        redis.call('RPOP', key)
        oldest = redis.call('LINDEX', key, -1)
    end
    if redis.call('LLEN', key) >= limit then
        answers[index] = redis.call('LINDEX', key, limit - 1) or ARGV[1]
    else
        answers[index] = redis.call('LPUSH', key, ARGV[1])
        redis.call('EXPIRE', key, window)
    end
end
return answers
"""


class SharedLimit:
    """The limit on one kind of action, for one event loop.

    Args:
        window: the actions in this process. It is updated with Redis' answers.
        on_failure: called with the error if allowed actions can't be counted.
    """

    def __init__(
        self,
        redis: RedisConnection,
        limit: Limit,
        window: MovingWindow,
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._redis, self._limit = redis, limit
        self._window, self._on_failure = window, on_failure
        self._headroom = limit.amount // 2
        self._far: set[Who] = set()  # people who had headroom left when Redis last answered
        self._uncounted: Counter[Who] = Counter()  # actions that Redis has not answered yet
        self._uncounted_later: list[Who] = []  # those of them that we have not even sent
        self._counting: asyncio.Task[None] | None = None

    async def hit(self, people: Sequence[Who]) -> list[float | None]:
        """Count an action for each person. `window` has counted all of them already.

        Returns:
            For each, in order: None, or how many seconds to wait; then `window` undoes its count.

        Raises:
            one of `REDIS_ERRORS`: Redis gave no answer.
        """
        waits: list[float | None] = [None] * len(people)
        near = [place for place, person in enumerate(people) if not self._lets_through(person)]
        if not near:
            return waits
        self._uncounted.update(people[place] for place in near)
        # Actions that were allowed earlier are counted first.
        earlier, self._uncounted_later = self._uncounted_later, []
        answers = await self._count(
            [*earlier, *(people[place] for place in near)], let_through=len(earlier)
        )
        for place, wait in zip(near, answers[len(earlier) :], strict=True):
            waits[place] = wait
        return waits

    async def give_back(self, people: Sequence[Who]) -> None:
        """Undo the count of each person's latest action. Raises one of `REDIS_ERRORS`."""
        counted: list[Who] = []
        for person in people:
            if person in self._uncounted_later:
                self._uncounted_later.remove(person)
                self._settle([person])
            else:
                counted.append(person)
        async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
            for person in counted:
                await self._redis.call("LPOP", key_of(self._limit, person))

    def _lets_through(self, person: Who) -> bool:
        """Allow a person's action without asking Redis, if that cannot exceed the limit."""
        if person not in self._far or self._uncounted[person] >= self._headroom:
            return False
        self._uncounted[person] += 1
        self._uncounted_later.append(person)
        if self._counting is None:
            self._counting = spawn(self._count_later())
        return True

    async def _count_later(self) -> None:
        await asyncio.sleep(COUNT_AFTER_SECONDS)
        people, self._uncounted_later, self._counting = self._uncounted_later, [], None
        try:
            await self._count(people, let_through=len(people))
        except REDIS_ERRORS as error:
            self._on_failure(error)

    def _settle(self, people: Sequence[Who]) -> None:
        """Forget actions that have been counted, or never will be."""
        self._uncounted.subtract(people)
        for person in people:
            if self._uncounted[person] <= 0:
                del self._uncounted[person]

    async def _count(self, people: Sequence[Who], let_through: int) -> list[float | None]:
        """Let Redis count one action of each person, which `_uncounted` includes.

        Args:
            let_through: how many of the first ones have already been allowed.

        Returns:
            For each, None or how many seconds to wait.
        """
        if not people:
            return []
        now, (_name, amount, seconds) = time.time(), self._limit
        keys = [key_of(self._limit, person) for person in people]
        try:
            async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                answers = await self._redis.call(
                    "EVAL", HIT_MANY, len(keys), *keys, now, amount, seconds
                )
        except BaseException:
            self._far.clear()
            raise
        finally:
            self._settle(people)
        if len(self._far) > REMEMBERED_MAX:
            self._far.clear()
        waits = [wait_of(answer, self._limit, now) for answer in answers]
        for person, wait in zip(people[let_through:], waits[let_through:], strict=True):
            if wait is not None:
                self._window.give_back(person)
        for person, answer, wait in zip(people, answers, waits, strict=True):
            acts = amount if wait is not None else answer
            (self._far.add if acts <= amount - self._headroom else self._far.discard)(person)
            until = now + (seconds if wait is None else wait)
            self._window.update(person, acts + self._uncounted.get(person, 0), until)
        return waits


def key_of(limit: Limit, who: Who) -> str:
    """Return the key under which Redis keeps the times of a person's actions."""
    return f"{PREFIX}:{limit.name}:{who}"


def wait_of(answer: bytes | int, limit: Limit, now: float) -> float | None:
    """Convert an answer of `HIT_MANY` to seconds to wait; None if the action counts."""
    return None if isinstance(answer, int) else float(answer) + limit.seconds - now
