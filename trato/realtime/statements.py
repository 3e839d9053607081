"""A connection of the event loop's own to PostgreSQL, for the statements of the hot path.

Django's connections belong to threads, and a hop to a thread and back, a transaction begun and
ended by messages of its own, a plan made anew and rows made into objects one by one cost more than
such a statement itself. Here a statement is prepared once, takes one JSON text and gives another.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import OperationalError, connections
from psycopg.errors import DataError, DeadlockDetected, IntegrityError, UniqueViolation
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

log = structlog.get_logger("trato.database")

TRIES = 3


class Locked(Exception):
    """Somebody else holds a lock that the statement needs; nothing was carried out."""


class Line:
    """Runs one statement at a time, each in a transaction of its own; opened when it is needed."""

    def __init__(self) -> None:
        self.connection: psycopg.Connection[Any] | None = None
        self._watch: tuple[asyncio.AbstractEventLoop, int] | None = None
        self._names: dict[str, bytes] = {}  # of the statements that are prepared
        self._results: list[PGresult] = []
        self._complete: asyncio.Future[None] | None = None

    async def run(self, statement: str, given: Sequence[bytes]) -> bytes:
        """The one value of a statement that may be run again: once this returns it is committed.

        Args:
            statement: with its parameters as `$1` and so on.
            given: the parameters as PostgreSQL's own text.

        Raises:
            psycopg.errors.IntegrityError, psycopg.errors.DataError: what the database says of the
                values. Another conflict with somebody's transaction is tried again first.
            Locked: somebody has held a lock for longer than `SEND_LOCK_SECONDS`.
            django.db.OperationalError: the database cannot be reached, does not answer or does
                not do such things now; whether the statement was carried out is not known.
        """
        for tries_left in reversed(range(TRIES)):
            was_open = self.connection is not None
            try:
                return await self._run(statement, given)
            except (psycopg.Error, OSError) as error:
                match error:
                    case UniqueViolation() | DeadlockDetected() if tries_left:
                        continue  # the next try sees what was committed meanwhile
                    case IntegrityError() | DataError():
                        raise
                    case psycopg.errors.LockNotAvailable():
                        raise Locked from error
                # Whatever else it is, such as a server that only reads since a failover, may be
                # the connection's.
                self.close()
                log.warning("connection_given_up", error=type(error).__name__)
                # One that the server closed, or is about to, only tells it now.
                too_slow = isinstance(error, TimeoutError | psycopg.errors.QueryCanceled)
                if too_slow or not (was_open and tries_left):
                    raise OperationalError(*error.args) from error
            except BaseException:  # whoever waited for it has gone
                self.close()
                raise
        raise AssertionError("unreachable: the last try returns or raises")

    def close(self) -> None:
        """Close the connection; the next statement opens another.

        A statement that is under way is cancelled first: what was given up must not be carried
        out later, when nobody would hear of it.
        """
        if self._watch is not None:
            (loop, place), self._watch = self._watch, None
            if not loop.is_closed():
                loop.remove_reader(place)
            os.close(place)
        connection, self.connection, self._names = self.connection, None, {}
        if connection is None:
            return
        if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
            threading.Thread(target=_cancel, args=(connection,), daemon=True).start()
        else:
            connection.close()

    async def _run(self, statement: str, given: Sequence[bytes]) -> bytes:
        loop = asyncio.get_running_loop()
        if self.connection is None:
            self.connection = await asyncio.to_thread(_connect)
            # A number of our own: what the loop watches must not be closed by anybody else.
            self._watch = loop, os.dup(self.connection.fileno())
            loop.add_reader(self._watch[1], self._read)
        server = self.connection.pgconn
        timer = loop.call_later(settings.STATEMENT_TIMEOUT_SECONDS, self._give_up)
        try:
            if statement not in self._names:
                name = b"trato_%d" % len(self._names)
                server.send_prepare(name, statement.encode())
                await self._answer(server)
                self._names[statement] = name
            server.send_query_prepared(self._names[statement], given)
            result = await self._answer(server)
        finally:
            timer.cancel()
        return result.get_value(0, 0) or b""

    async def _answer(self, server: PGconn) -> PGresult:
        """The result of what was sent, after COMMIT, whose own failures count too."""
        loop = asyncio.get_running_loop()
        self._results, self._complete = [], loop.create_future()
        while server.flush() and self._watch is not None:
            room = loop.create_future()  # for the rest of a large one
            loop.add_writer(self._watch[1], _wake, room)
            try:
                await asyncio.wait((room, self._complete), return_when=asyncio.FIRST_COMPLETED)
            finally:
                if self._watch is not None:
                    loop.remove_writer(self._watch[1])
        await self._complete
        for result in self._results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise _error(result)
        return self._results[0]

    def _read(self) -> None:
        """PostgreSQL has said something."""
        if self.connection is None:
            return
        server, complete = self.connection.pgconn, self._complete
        try:
            server.consume_input()
            while not server.is_busy():
                result = server.get_result()
                if result is None:  # ready for the next statement: this one is committed
                    _wake(complete)
                    return
                self._results.append(result)
        except psycopg.OperationalError as error:
            self.close()
            if complete is not None and not complete.done():
                complete.set_exception(error)

    def _give_up(self) -> None:
        if self._complete is not None and not self._complete.done():
            self._complete.set_exception(TimeoutError("the database does not answer"))


def _wake(waiting: "asyncio.Future[None] | None") -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


def numbered(text: str, constants: Sequence[Any]) -> tuple[str, list[bytes]]:
    """A statement as `Line.run` takes it, and what to give it after its first parameter.

    Args:
        text: with `%s` for each parameter, as Django writes it.
        constants: all parameters but the first.
    """
    names = [f"${number}" for number in range(1, len(constants) + 2)]
    return text % tuple(names), [str(value).encode() for value in constants]


def _error(result: PGresult) -> psycopg.Error:
    state = result.error_field(DiagnosticField.SQLSTATE) or b""
    try:
        kind = psycopg.errors.lookup(state.decode())
    except KeyError:
        kind = psycopg.DatabaseError
    return kind(result.get_error_message())


def _cancel(connection: psycopg.Connection[Any]) -> None:
    """Cancel what a connection does and close it; takes a connection to the server of its own."""
    with contextlib.suppress(psycopg.Error):
        connection.cancel_safe(timeout=settings.STATEMENT_TIMEOUT_SECONDS)
    connection.close()


def _connect() -> psycopg.Connection[Any]:
    parameters = connections["default"].get_connection_params()
    for of_django in ("cursor_factory", "context"):
        parameters.pop(of_django, None)
    parameters["connect_timeout"] = int(settings.STATEMENT_TIMEOUT_SECONDS)
    # The server gives up before we do, and nobody waits long for somebody else's lock.
    limits = {
        "statement_timeout": 0.8 * settings.STATEMENT_TIMEOUT_SECONDS,
        "lock_timeout": settings.SEND_LOCK_SECONDS,
    }
    options = [f"-c {name}={seconds * 1000:.0f}" for name, seconds in limits.items()]
    parameters["options"] = " ".join([parameters.get("options", ""), *options])
    connection = psycopg.connect(**parameters, autocommit=True)
    connection.execute("SET TIME ZONE 'UTC'")  # times are told with their offset
    connection.pgconn.nonblocking = 1
    return connection
