"""Acts of people counted in Redis, from the event loop: most of them without waiting for it.

Who has used less than half of an allowance is let through at once and counted a moment later,
together with all others of that moment. So nobody's message waits for Redis, unless its sender
comes near the limit. One process alone never lets more through than it may; who sends through
several at once may gain half an allowance with each, for the moment until they hear of each other.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import Context

from django.conf import settings
from limits import RateLimitItem
from redis.exceptions import RedisError

from accounts.redis_line import RedisLine, Script

REDIS_ERRORS = (RedisError, OSError, TimeoutError)
GATHER_SECONDS = 0.005  # for which those who were let through wait to be counted
CALM_MAX = 100_000  # people of whom it is known; then it is asked anew

# The moving window of `limits`, kept in the same lists, for many people at once. Answers for each
# with the time of the act that has to grow old first, if this one is too many; else with 1 if no
# more than ARGV[4] acts are in the window by now, and with 0 if there are more.
HIT_MANY = Script("""
local now, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local calm = tonumber(ARGV[4])
local answers = {}
for index, key in ipairs(KEYS) do
    local oldest = redis.call('LINDEX', key, limit - 1)
    if oldest and tonumber(oldest) >= now - window then
        answers[index] = oldest
    else
        redis.call('LPUSH', key, ARGV[1])
        redis.call('LTRIM', key, 0, limit - 1)
        redis.call('EXPIRE', key, window)
        local beyond = redis.call('LINDEX', key, calm)
        answers[index] = (beyond and tonumber(beyond) >= now - window) and 0 or 1
    end
end
return answers
""")


class Tally:
    """One kind of act, as one event loop knows it.

    Args:
        line: to Redis.
        prefix: of the keys there.
        item: how often one may do it.
        failed: is told why acts could not be counted; they are let through.
    """

    def __init__(
        self,
        line: RedisLine,
        prefix: str,
        item: RateLimitItem,
        failed: Callable[[Exception], None],
    ) -> None:
        self._line, self._prefix, self._item, self._failed = line, prefix, item, failed
        self._room = item.amount // 2
        self._calm: set[int] = set()  # had done no more than the rest when Redis last told
        self._uncounted: Counter[int] = Counter()  # acts of which Redis has not told yet
        self._waiting: list[int] = []  # who was let through with those that it was not told of
        self._counting: asyncio.Task[None] | None = None

    async def hit(self, user_ids: Sequence[int]) -> list[float | None]:
        """Count one act for each.

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
        answers = await self._count([*earlier, *(user_ids[place] for place in places)])
        for place, wait in zip(places, answers[len(earlier) :], strict=True):
            waits[place] = wait
        return waits

    async def give_back(self, user_ids: Sequence[int]) -> None:
        """Take the latest act of each out of the count again. Raises one of `REDIS_ERRORS`."""
        counted: list[int] = []
        for user_id in user_ids:
            if user_id in self._waiting:
                self._waiting.remove(user_id)
                self._settle([user_id])
            else:
                counted.append(user_id)
        async with asyncio.timeout(settings.PUBLISH_TIMEOUT_SECONDS):
            for user_id in counted:
                await self._line.call("LPOP", self._key(user_id))

    def _lets_through(self, user_id: int) -> bool:
        """Let somebody through without asking, if that cannot be too much."""
        if user_id not in self._calm or self._uncounted[user_id] >= self._room:
            return False
        self._uncounted[user_id] += 1
        self._waiting.append(user_id)
        if self._counting is None:
            loop = asyncio.get_running_loop()
            self._counting = loop.create_task(self._count_waiting(), context=Context())
        return True

    async def _count_waiting(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        user_ids, self._waiting, self._counting = self._waiting, [], None
        try:
            await self._count(user_ids)
        except REDIS_ERRORS as error:
            self._failed(error)

    def _settle(self, user_ids: Sequence[int]) -> None:
        """Redis has told of these, or never will."""
        self._uncounted.subtract(user_ids)
        for user_id in user_ids:
            if self._uncounted[user_id] <= 0:
                del self._uncounted[user_id]

    async def _count(self, user_ids: Sequence[int]) -> list[float | None]:
        """Seconds to wait for each, or None; all were noted as uncounted before."""
        if not user_ids:
            return []
        now, limit, window = time.time(), self._item.amount, self._item.get_expiry()
        keys = [self._key(user_id) for user_id in user_ids]
        arguments = [now, limit, window, limit - self._room]
        try:
            async with asyncio.timeout(settings.PUBLISH_TIMEOUT_SECONDS):
                answers = await HIT_MANY.run(self._line, keys, arguments)
        except BaseException:
            self._calm.clear()
            raise
        finally:
            self._settle(user_ids)
        if len(self._calm) > CALM_MAX:
            self._calm.clear()
        for user_id, answer in zip(user_ids, answers, strict=True):
            (self._calm.add if answer == 1 else self._calm.discard)(user_id)
        return [
            float(answer) + window - now if isinstance(answer, bytes) else None
            for answer in answers
        ]

    def _key(self, user_id: int) -> str:
        return f"{self._prefix}:{self._item.key_for(str(user_id))}"
