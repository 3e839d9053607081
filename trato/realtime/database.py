"""Run the sockets' ORM calls off the event loop.

By default Django runs all of them on one thread of the process: five calls of 0.2 s took 1.0 s.
These threads work in parallel, each with its own connection.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections

P = ParamSpec("P")
R = TypeVar("R")


@cache
def socket_threads() -> ThreadPoolExecutor:
    """Return this process's threads for socket queries."""
    return ThreadPoolExecutor(settings.SOCKET_THREADS, thread_name_prefix="socket-database")


async def run_in_database_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run synchronous database code off the event loop and return its result."""
    work = partial(_run, partial(function, *args, **kwargs))
    return await sync_to_async(work, thread_sensitive=False, executor=socket_threads())()


def _run(work: Callable[[], R]) -> R:
    try:
        return work()
    finally:
        give_back_connections()


def give_back_connections() -> None:
    """Return this thread's database connections to the pool; call it when the work is done.

    Closes a connection that failed, unless a value or a constraint was the cause: a failover may
    have made it read-only, and the pool would hand it out again and again.
    """
    for one in connections.all(initialized_only=True):
        if one.in_atomic_block:
            continue  # the transaction of a test
        if one.errors_occurred and one.connection is not None:
            one.connection.close()
        one.close_if_unusable_or_obsolete()
