"""A connection of the event loop's own to PostgreSQL, for the statements of the hot path.

Django's connections belong to threads, and a hop to a thread and back, a transaction begun and
ended by messages of its own, and a plan made anew cost more than such a statement itself.
"""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError, connections
from psycopg import AsyncConnection

TRIES = 3


class Line:
    """Runs one statement at a time, each in a transaction of its own; opened when it is needed."""

    def __init__(self) -> None:
        self.connection: AsyncConnection[Any] | None = None

    async def run(self, statement: bytes, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that may be run again: when this returns it is committed.

        Raises:
            psycopg.Error: what the database says of the statement. A conflict with somebody
                else's transaction is tried again first.
            django.db.OperationalError: the database cannot be reached or does not answer;
                whether the statement was carried out is not known.
        """
        for tries_left in reversed(range(TRIES)):
            was_open = self.connection is not None
            try:
                return await self._run(statement, parameters)
            except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected):
                if not tries_left:  # else: the next try sees what was committed meanwhile
                    raise
            except (psycopg.OperationalError, OSError) as error:
                await self.close()
                # A connection that the server closed long ago only tells it now.
                if isinstance(error, TimeoutError) or not (was_open and tries_left):
                    raise OperationalError(*error.args) from error
        raise AssertionError("unreachable: the last try returns or raises")

    async def _run(self, statement: bytes, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        if self.connection is None:
            self.connection = await _connect()
        timer = _Timer(self.connection)
        try:
            cursor = await self.connection.execute(statement, parameters, prepare=True, binary=True)
            return await cursor.fetchall()
        except psycopg.OperationalError as error:
            if timer.rang:
                raise TimeoutError("the database does not answer") from error
            raise
        finally:
            timer.stop()

    async def close(self) -> None:
        """Close the connection; the next statement opens another."""
        if self.connection is not None:
            await self.connection.close()
            self.connection = None


class _Timer:
    """Cuts a connection whose server does not answer, so that the statement under way fails.

    Cancelling the statement instead would wait for the same server once more.
    """

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self.connection, self.rang = connection, False
        seconds = settings.STATEMENT_TIMEOUT_SECONDS
        self.handle = asyncio.get_running_loop().call_later(seconds, self.ring)

    def ring(self) -> None:
        self.rang = True
        with (
            suppress(OSError, psycopg.OperationalError),
            socket.socket(fileno=os.dup(self.connection.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.handle.cancel()


async def _connect() -> AsyncConnection[Any]:
    parameters = connections["default"].get_connection_params()
    for of_django in ("cursor_factory", "context"):  # for its synchronous connections
        parameters.pop(of_django, None)
    parameters["connect_timeout"] = int(settings.STATEMENT_TIMEOUT_SECONDS)
    parameters["prepare_threshold"] = 0  # planning the statement takes longer than running it
    return await AsyncConnection.connect(**parameters, autocommit=True)
