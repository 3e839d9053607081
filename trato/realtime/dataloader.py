"""One piece of work for everybody who asks in the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from .database import run_in_database_thread

K = TypeVar("K")
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """Collects the keys asked for within one turn of the event loop and loads them at once.

    A key that is asked for after the load began waits for the next load, so nobody gets an
    answer that is older than the question.

    Args:
        load: takes the keys, returns a value for each key that has one.
        one_at_a_time: while a load is under way, who asks is gathered for the next one.
    """

    def __init__(
        self, load: Callable[[list[K]], Awaitable[dict[K, V]]], *, one_at_a_time: bool = False
    ) -> None:
        self._load = load
        self._one_at_a_time = one_at_a_time
        self._under_way: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
            WeakKeyDictionary()
        )
        self._waiting: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[K, asyncio.Future[V | None]]
        ] = WeakKeyDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def from_database(cls, query: Callable[[list[K]], dict[K, V]]) -> "Gathered[K, V]":
        """The same for a synchronous function that asks the database."""

        async def load(keys: list[K]) -> dict[K, V]:
            return await run_in_database_thread(query, keys)

        return cls(load)

    async def get(self, key: K) -> V | None:
        """The value of one key, or None. Raises whatever the load raises."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting.setdefault(loop, {})
        if key not in waiting:
            waiting[key] = loop.create_future()
            if len(waiting) == 1:
                task = loop.create_task(self._answer(loop))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        # Shielded, because one asker who goes away must not take the answer from the others.
        return await asyncio.shield(waiting[key])

    async def _answer(self, loop: asyncio.AbstractEventLoop) -> None:
        await asyncio.sleep(0)  # let everybody of this turn ask
        if self._one_at_a_time:
            async with self._under_way.setdefault(loop, asyncio.Lock()):
                await self._load_waiting(loop)
        else:
            await self._load_waiting(loop)

    async def _load_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        asked = self._waiting.pop(loop)
        try:
            found = await self._load(list(asked))
        except Exception as error:
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # seen, also where the asker has gone
        except BaseException:  # the loop ends: nobody may wait for ever
            for future in asked.values():
                future.cancel()
            raise
        else:
            for key, future in asked.items():
                future.set_result(found.get(key))
