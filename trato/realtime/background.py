"""Tasks that nobody awaits, and objects that belong to one event loop."""

import asyncio
import weakref
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# The event loop itself only keeps weak references to its tasks.
running: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, T], context: Context | None = None) -> "asyncio.Task[T]":
    """Run a coroutine in the background, and keep a reference to its task until it is done.

    Args:
        context: an empty one by default, so that log lines of work done for many people don't
            carry the ID of the request or socket that happened to start it.
    """
    task = asyncio.get_running_loop().create_task(work, context=context or Context())
    running.add(task)
    task.add_done_callback(running.discard)
    return task


class per_loop(Generic[T]):
    """One object per event loop, created when first used and dropped with the loop.

    Args:
        make: creates the object.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[int, T] = {}  # by the `id` of a loop that still exists

    def __call__(self) -> T:
        """Return the running event loop's object."""
        loop = asyncio.get_running_loop()
        own = self._made.get(id(loop))
        if own is None:
            own = self._made[id(loop)] = self._make()
            weakref.finalize(loop, self._made.pop, id(loop), None)
        return own

    def all(self) -> list[T]:
        """Return the objects of all event loops."""
        return list(self._made.values())

    def clear(self) -> None:
        """Forget all objects; the next call creates another one."""
        self._made.clear()
