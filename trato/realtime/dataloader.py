"""Load the keys requested in one iteration of the event loop with a single query."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from .background import per_loop, spawn
from .database import run_in_database_thread

K = TypeVar("K")
V = TypeVar("V")


class DataLoader(Generic[K, V]):
    """Collects the keys requested in one iteration of the event loop and loads them together.

    A key that is requested after a load has begun waits for the next load, so no answer is older
    than the request for it.

    Args:
        load_many: takes keys and returns a value for each key that has one. An exception as a
            value is raised only for its key.
        pause: returns how long to wait from the start of one load to the start of the next, in
            seconds. Keys requested meanwhile are loaded together.
    """

    def __init__(
        self,
        load_many: Callable[[list[K]], Awaitable[Mapping[K, V | Exception]]],
        *,
        pause: Callable[[], float] | None = None,
    ) -> None:
        self._load_many = load_many
        self._pause = pause
        self._next_start: per_loop[list[float]] = per_loop(lambda: [0.0])  # by the loop's clock
        self._lock = per_loop(asyncio.Lock)
        self._waiting: per_loop[dict[K, asyncio.Future[V | None]]] = per_loop(dict)

    @classmethod
    def from_database(
        cls, query: Callable[[list[K]], dict[K, V]], *, pause: Callable[[], float] | None = None
    ) -> "DataLoader[K, V]":
        """Create a loader from a synchronous function that queries the database."""

        async def load_many(keys: list[K]) -> dict[K, V]:
            return await run_in_database_thread(query, keys)

        return cls(load_many, pause=pause)

    async def load(self, key: K) -> V | None:
        """Return the value of one key, or None. Raises whatever `load_many` raises."""
        # Shielded: a caller that is cancelled must not cancel the others' answer.
        return await asyncio.shield(self.request(key))

    def request(self, key: K) -> "asyncio.Future[V | None]":
        """Return a key's future, shared by all requests before its load; don't cancel it."""
        waiting = self._waiting()
        future = waiting.get(key)
        if future is None:
            future = waiting[key] = asyncio.get_running_loop().create_future()
            if len(waiting) == 1:
                spawn(self._load_soon())
        return future

    async def _load_soon(self) -> None:
        try:
            await asyncio.sleep(0)  # collect the keys of this iteration
            if self._pause is None:
                await self._load_waiting()
                return
            async with self._lock():
                loop, next_start = asyncio.get_running_loop(), self._next_start()
                await asyncio.sleep(max(0, next_start[0] - loop.time()))
                next_start[0] = loop.time() + self._pause()
                await self._load_waiting()
        except BaseException:  # the loop is shutting down: leave nobody waiting
            for future in self._waiting().values():
                future.cancel()
            self._waiting().clear()
            raise

    async def _load_waiting(self) -> None:
        waiting = self._waiting().copy()
        self._waiting().clear()
        try:
            values = await self._load_many(list(waiting))
        except Exception as error:
            for future in waiting.values():
                future.set_exception(error)
                future.exception()  # mark it as retrieved, in case all callers have gone
        except BaseException:  # the loop is shutting down: leave nobody waiting
            for future in waiting.values():
                future.cancel()
            raise
        else:
            for key, future in waiting.items():
                value = values.get(key)
                if isinstance(value, Exception):
                    future.set_exception(value)
                    future.exception()  # as above
                else:
                    future.set_result(value)
