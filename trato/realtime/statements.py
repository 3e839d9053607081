"""Run prepared statements on PostgreSQL from the event loop, for the hot path.

Django's connections belong to threads. A hop to a thread and back, separate BEGIN and COMMIT
messages, planning the statement again and turning rows into objects cost more than the statement
itself. Here a statement is prepared once, and takes and returns JSON text.
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
    """Another transaction holds a lock that the statement needs; nothing was stored."""


class StatementConnection:
    """Runs one statement at a time, each in its own transaction; connects when first used."""

    def __init__(self) -> None:
        self.raw: psycopg.Connection[Any] | None = None
        self._watch: tuple[asyncio.AbstractEventLoop, int] | None = None
        self._names: dict[str, bytes] = {}  # of the prepared statements
        self._results: list[PGresult] = []
        self._complete: asyncio.Future[None] | None = None

    async def run(self, statement: str, given: Sequence[bytes]) -> bytes:
        """Run a statement and return its one value. It is committed when this returns.

        Args:
            statement: with its parameters as `$1` and so on. It may be run more than once.
            given: the parameters in PostgreSQL's text format.

        Raises:
            psycopg.errors.IntegrityError, psycopg.errors.DataError: the database rejects the
                values. Conflicts with other transactions are retried first.
            Locked: another transaction has held a lock for longer than `SEND_LOCK_SECONDS`.
            django.db.OperationalError: the database can't be reached, doesn't answer, or rejects
                statements for now. The statement may have been executed.
        """
        for tries_left in reversed(range(TRIES)):
            was_open = self.raw is not None
            try:
                return await self._run(statement, given)
            except (psycopg.Error, OSError) as error:
                match error:
                    case UniqueViolation() | DeadlockDetected() if tries_left:
                        continue  # the next attempt sees what was committed meanwhile
                    case IntegrityError() | DataError():
                        raise
                    case psycopg.errors.LockNotAvailable():
                        raise Locked from error
                # Anything else may be the connection's fault: a failover may have made its server
                # read-only.
                self.close()
                log.warning("connection_given_up", error=type(error).__name__)
                # The server may have closed the connection earlier, which we notice only now.
                too_slow = isinstance(error, TimeoutError | psycopg.errors.QueryCanceled)
                if too_slow or not (was_open and tries_left):
                    raise OperationalError(*error.args) from error
            except BaseException:  # the caller has gone
                self.close()
                raise
        raise AssertionError("unreachable: the last try returns or raises")

    def close(self) -> None:
        """Close the connection; the next statement opens another.

        A running statement is cancelled first: it must not take effect later, when nobody would
        announce it.
        """
        if self._watch is not None:
            (loop, descriptor), self._watch = self._watch, None
            if not loop.is_closed():
                loop.remove_reader(descriptor)
            os.close(descriptor)
        connection, self.raw, self._names = self.raw, None, {}
        if connection is None:
            return
        if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
            threading.Thread(target=_cancel, args=(connection,), daemon=True).start()
        else:
            connection.close()

    async def _run(self, statement: str, given: Sequence[bytes]) -> bytes:
        loop = asyncio.get_running_loop()
        if self.raw is None:
            self.raw = await asyncio.to_thread(_connect)
            # A duplicate descriptor, so that nobody else closes the one that the loop watches.
            self._watch = loop, os.dup(self.raw.fileno())
            loop.add_reader(self._watch[1], self._read)
        server = self.raw.pgconn
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
        """Return the result of the statement that was sent, after COMMIT, which may fail too."""
        loop = asyncio.get_running_loop()
        self._results, self._complete = [], loop.create_future()
        while server.flush() and self._watch is not None:
            room = loop.create_future()  # for the rest of a large statement
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
        """Read what PostgreSQL has sent."""
        if self.raw is None:
            return
        server, complete = self.raw.pgconn, self._complete
        try:
            server.consume_input()
            while not server.is_busy():
                result = server.get_result()
                if result is None:  # committed, and ready for the next statement
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
    """Return a statement for `StatementConnection.run`, and its parameters after the first.

    Args:
        text: with `%s` for each parameter, as in Django.
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
    """Cancel a connection's statement and close it. Opens another connection to do so."""
    with contextlib.suppress(psycopg.Error):
        connection.cancel_safe(timeout=settings.STATEMENT_TIMEOUT_SECONDS)
    connection.close()


def _connect() -> psycopg.Connection[Any]:
    parameters = connections["default"].get_connection_params()
    for of_django in ("cursor_factory", "context"):
        parameters.pop(of_django, None)
    parameters["connect_timeout"] = int(settings.STATEMENT_TIMEOUT_SECONDS)
    # The server gives up before we do, and no statement waits long for a lock.
    limits = {
        "statement_timeout": 0.8 * settings.STATEMENT_TIMEOUT_SECONDS,
        "lock_timeout": settings.SEND_LOCK_SECONDS,
    }
    options = [f"-c {name}={seconds * 1000:.0f}" for name, seconds in limits.items()]
    # Compiling a statement takes longer than running it. A plan made while a table is empty would
    # scan it, and be kept until the table is analyzed: for a new shop's first minute.
    options += ["-c jit=off", "-c enable_seqscan=off"]
    parameters["options"] = " ".join([parameters.get("options", ""), *options])
    connection = psycopg.connect(**parameters, autocommit=True)
    connection.execute("SET TIME ZONE 'UTC'")  # JSON contains times with their offset
    connection.pgconn.nonblocking = 1
    return connection
