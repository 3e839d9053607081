"""Where a server can be got at from outside, for `plants` and `crashes`.

Sends of sockets are stored many at once, by one statement on a `Line`, which commits by itself.
Here it can be put into a transaction, so that something may happen between INSERT and COMMIT.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psycopg

from messaging.models import Message
from trato.realtime import statements

Storing = Callable[[], Awaitable[bytes]]
Execute = Callable[[str], Awaitable[Any]]


def around_storing(around: Callable[[Storing, Execute], Awaitable[bytes]]) -> None:
    """Let `around(storing, execute)` do what `await storing()` does: store some messages.

    `execute` carries out a command, such as BEGIN, on the same connection.
    """
    run = statements.Line._run
    insert = f"INSERT INTO {Message._meta.db_table} "

    async def watched(self: statements.Line, statement: str, given: Sequence[bytes]) -> bytes:
        if insert not in statement:
            return await run(self, statement, given)
        if self.connection is None:
            await run(self, "SELECT $1::text", [b"open"])

        async def execute(command: str) -> None:
            assert self.connection
            self.connection.pgconn.send_query(command.encode())
            await self._answer(self.connection.pgconn)

        try:
            return await around(lambda: run(self, statement, given), execute)
        except psycopg.Error:
            if self.connection is not None:
                await execute("ROLLBACK")
            raise

    statements.Line._run = watched  # type: ignore[method-assign]
