"""Points where `plants` and `crashes` can intervene in a server.

One statement on a `StatementConnection`, which commits automatically, stores the sends of sockets.
This wraps it in a transaction, so that something can happen before COMMIT.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psycopg

from messaging.models import Message
from trato.realtime import statements

Storing = Callable[[], Awaitable[bytes]]
Execute = Callable[[str], Awaitable[Any]]


def around_storing(around: Callable[[Storing, Execute], Awaitable[bytes]]) -> None:
    """Let `around(storing, execute)` replace `await storing()`, which stores some messages.

    `execute` runs a command, such as BEGIN, on the same connection.
    """
    run = statements.StatementConnection._run
    insert = f"INSERT INTO {Message._meta.db_table} "

    async def watched(
        self: statements.StatementConnection, statement: str, given: Sequence[bytes]
    ) -> bytes:
        if insert not in statement:
            return await run(self, statement, given)
        if self.raw is None:
            await run(self, "SELECT $1::text", [b"open"])

        async def execute(command: str) -> None:
            assert self.raw
            self.raw.pgconn.send_query(command.encode())
            await self._answer(self.raw.pgconn)

        try:
            return await around(lambda: run(self, statement, given), execute)
        except psycopg.Error:
            if self.raw is not None:
                await execute("ROLLBACK")
            raise

    statements.StatementConnection._run = watched  # type: ignore[method-assign]
