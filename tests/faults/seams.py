"""Where a server can be got at from outside, for `plants` and `crashes`.

Sends of sockets are stored many at once, by one statement on a `Line`, which commits by itself.
Here it can be put into a transaction, so that something may happen between INSERT and COMMIT.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from psycopg import AsyncConnection

from messaging import line
from messaging.models import Message

Rows = list[tuple[Any, ...]]
Storing = Callable[[], Awaitable[Rows]]


def around_storing(around: Callable[[Storing, AsyncConnection[Any]], Awaitable[Rows]]) -> None:
    """Let `around(storing, connection)` do what `await storing()` does: store some messages."""
    run = line.Line._run
    insert = f"INSERT INTO {Message._meta.db_table} ".encode()

    async def watched(self: line.Line, statement: bytes, parameters: Sequence[Any]) -> Rows:
        if insert not in statement:
            return await run(self, statement, parameters)
        if self.connection is None:
            self.connection = await line._connect()
        return await around(lambda: run(self, statement, parameters), self.connection)

    line.Line._run = watched  # type: ignore[method-assign]
