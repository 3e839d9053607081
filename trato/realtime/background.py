"""Tasks that nobody awaits, calls from threads, and objects that belong to one event loop.

Private API: `SyncToAsync.threadlocal.main_event_loop` (asgiref 3.9 to 3.11), the event loop that
a thread works for. Without it, each call from a thread runs in a separate event loop.
"""

import asyncio
import time
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from contextvars import Context
from typing import Any, Generic, TypeVar

from asgiref.sync import SyncToAsync, async_to_sync

T = TypeVar("T")

CLOSED_LOOP_SECONDS = 0.1  # after which a waiting thread notices that its event loop has closed

# The event loop itself keeps only weak references to its tasks.
running: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, T], context: Context | None = None) -> "asyncio.Task[T]":
    """Run a coroutine in the background, and keep a reference to its task until it is done.

    Args:
        context: an empty one by default, so that log lines about work for many people don't carry
            the ID of whichever request or socket started it.
    """
    task = asyncio.get_running_loop().create_task(work, context=context or Context())
    running.add(task)
    task.add_done_callback(running.discard)
    return task


def run_from_thread(function: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
    """Run a coroutine function on the event loop that this thread works for; return its result.

    `async_to_sync` would wait forever if that loop stopped meanwhile, and the thread would keep its
    process from exiting.

    Args:
        seconds: how long to wait. The coroutine continues after that.

    Raises:
        TimeoutError: there was no result in time.
    """
    loop: asyncio.AbstractEventLoop | None
    loop = getattr(SyncToAsync.threadlocal, "main_event_loop", None)
    if loop is None or not loop.is_running():
        return async_to_sync(asyncio.wait_for, force_new_loop=True)(function(), seconds)
    call, deadline = function(), time.monotonic() + seconds
    try:
        result = asyncio.run_coroutine_threadsafe(call, loop)
    except RuntimeError:
        if not loop.is_closed():
            raise
    while not loop.is_closed():
        left = deadline - time.monotonic()
        done, _ = wait([result], min(max(left, 0), CLOSED_LOOP_SECONDS))
        if done:
            return result.result()
        if left <= 0:
            raise TimeoutError
    call.close()
    raise TimeoutError


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
