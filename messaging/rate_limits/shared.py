"""Acts of people counted in Redis, from the event loop: most of them without waiting for it.

Who has used less than half of an allowance is let through at once and counted a moment later,
together with all others of that moment. So nobody's message waits for Redis, unless its sender
comes near the limit. One process never lets more through than it may, because of its own `Window`;
whoever sends through several at once may gain half an allowance with each, for the moment until
they hear of each other, and a whole one with each while Redis does not answer.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

from django.conf import settings
from limits import RateLimitItem
from redis.exceptions import RedisError

from trato.realtime.background import spawn
from trato.realtime.redis.connection import RedisConnection, Script

from .window import Person, Window

REDIS_ERRORS = (RedisError, OSError, TimeoutError)
GATHER_SECONDS = 0.005  # for which those who were let through wait to be counted
CALM_MAX = 100_000  # people of whom it is known; then it is asked anew

# The moving window of many people at once, a list of times for each, the newest first. Answers for
# each with the number of acts in the window by now, this one among them; or, if it is one too many,
# with the time (as a string) of the act that has to grow old first.
HIT_MANY = Script("""
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
""")


class Tally:
    """One kind of act, as one event loop knows it.

    Args:
        connection: to Redis.
        prefix: of the keys there.
        item: how often one may do it.
        window: is told what Redis says of each.
        failed: is told why acts could not be counted; they are let through.
    """

    def __init__(
        self,
        connection: RedisConnection,
        prefix: str,
        item: RateLimitItem,
        window: Window,
        failed: Callable[[Exception], None],
    ) -> None:
        self._connection, self._prefix, self._item, self._failed = connection, prefix, item, failed
        self._window = window
        self._room = item.amount // 2
        self._calm: set[Person] = set()  # had done no more than the rest when Redis last told
        self._uncounted: Counter[Person] = Counter()  # acts of which Redis has not told yet
        self._waiting: list[Person] = []  # who was let through with those that it was not told of
        self._counting: asyncio.Task[None] | None = None

    async def hit(self, user_ids: Sequence[Person]) -> list[float | None]:
        """Count one act for each. All were taken from the window; the refused are given back to it.

        Returns:
            For each, in their order: None, or how many seconds to wait.

        Raises:
            one of `REDIS_ERRORS`: nobody knows.
        """
        waits: list[float | None] = [None] * len(user_ids)
        places = [place for place, user in enumerate(user_ids) if not self._lets_through(user)]
        if not places:
            return waits
        self._uncounted.update(user_ids[place] for place in places)
        # Whoever was let through before is counted before.
        earlier, self._waiting = self._waiting, []
        asking = [user_ids[place] for place in places]
        answers = await self._count([*earlier, *asking], asked_from=len(earlier))
        for place, wait in zip(places, answers[len(earlier) :], strict=True):
            waits[place] = wait
        return waits

    async def give_back(self, user_ids: Sequence[Person]) -> None:
        """Take the latest act of each out of the count again. Raises one of `REDIS_ERRORS`."""
        counted: list[Person] = []
        for user_id in user_ids:
            if user_id in self._waiting:
                self._waiting.remove(user_id)
                self._settle([user_id])
            else:
                counted.append(user_id)
        async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
            for user_id in counted:
                await self._connection.call("LPOP", self._key(user_id))

    def _lets_through(self, user_id: Person) -> bool:
        """Let somebody through without asking, if that cannot be too much."""
        if user_id not in self._calm or self._uncounted[user_id] >= self._room:
            return False
        self._uncounted[user_id] += 1
        self._waiting.append(user_id)
        if self._counting is None:
            self._counting = spawn(self._count_waiting())
        return True

    async def _count_waiting(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        user_ids, self._waiting, self._counting = self._waiting, [], None
        try:
            await self._count(user_ids, asked_from=len(user_ids))
        except REDIS_ERRORS as error:
            self._failed(error)

    def _settle(self, user_ids: Sequence[Person]) -> None:
        """Redis has told of these, or never will."""
        self._uncounted.subtract(user_ids)
        for user_id in user_ids:
            if self._uncounted[user_id] <= 0:
                del self._uncounted[user_id]

    async def _count(self, user_ids: Sequence[Person], asked_from: int) -> list[float | None]:
        """Seconds to wait for each, or None; all were noted as uncounted before.

        Args:
            asked_from: those before this place were let through already.
        """
        if not user_ids:
            return []
        now, limit, window = time.time(), self._item.amount, self._item.get_expiry()
        keys = [self._key(user_id) for user_id in user_ids]
        arguments = [now, limit, window]
        try:
            async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                answers = await HIT_MANY.run(self._connection, keys, arguments)
        except BaseException:
            self._calm.clear()
            raise
        finally:
            self._settle(user_ids)
        if len(self._calm) > CALM_MAX:
            self._calm.clear()
        waits = [wait_of(answer, self._item, now) for answer in answers]
        for place in range(asked_from, len(waits)):
            if waits[place] is not None:
                self._window.give_back(user_ids[place])
        for user_id, answer, wait in zip(user_ids, answers, waits, strict=True):
            done = limit if wait is not None else answer
            (self._calm.add if done <= limit - self._room else self._calm.discard)(user_id)
            until = now + (window if wait is None else wait)
            self._window.told(user_id, done + self._uncounted.get(user_id, 0), until)
        return waits

    def _key(self, user_id: Person) -> str:
        return key_of(self._prefix, self._item, user_id)


def key_of(prefix: str, item: RateLimitItem, person: Person) -> str:
    """Where Redis keeps the times of a person's acts."""
    return f"{prefix}:{item.key_for(str(person))}"


def wait_of(answer: bytes | int, item: RateLimitItem, now: float) -> float | None:
    """How many seconds to wait, by an answer of `HIT_MANY`; None if the act was let through."""
    return None if isinstance(answer, int) else float(answer) + item.get_expiry() - now
