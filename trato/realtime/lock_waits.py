"""Run work on database threads without blocking them on a lock, on PostgreSQL.

Everything that sockets do needs these few threads, so work that hits a lock is rolled back after
`SOCKET_LOCK_SECONDS` and retried later.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from psycopg.errors import LockNotAvailable

from .database import run_in_database_thread
from .statements import Locked

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def short_lock_waits() -> Iterator[None]:
    """Let this thread's statements wait for a lock for only `SOCKET_LOCK_SECONDS`."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {settings.SOCKET_LOCK_SECONDS * 1000:.0f}")
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            # Without the connection, there is nothing to reset.
            with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


@contextmanager
def locked_if_refused() -> Iterator[None]:
    """Raise `Locked` instead of Django's error if a statement gives up on a lock.

    The connection still works in that case, so it isn't closed.
    """
    had_errors = connection.errors_occurred
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        connection.errors_occurred = had_errors
        raise Locked from error


async def run_past_locks(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a transaction in a database thread, without letting the thread wait for locks.

    Args:
        function: called again while another transaction holds a lock that it needs.

    Raises:
        django.db.OperationalError: the lock was held for `STATEMENT_TIMEOUT_SECONDS`.
    """
    work = partial(function, *args, **kwargs)
    deadline = time.monotonic() + settings.STATEMENT_TIMEOUT_SECONDS
    pause: float = settings.SOCKET_LOCK_SECONDS
    while True:
        try:
            return await run_in_database_thread(_run, work)
        except Locked as error:
            if time.monotonic() + pause > deadline:
                raise OperationalError("somebody holds a lock") from error
        await asyncio.sleep(pause)
        pause = min(2 * pause, settings.SOCKET_LOCK_PAUSE_SECONDS)


def _run(work: Callable[[], R]) -> R:
    with short_lock_waits(), locked_if_refused():
        return work()
