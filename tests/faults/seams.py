"""Where a server can be got at from outside, for `plants` and `crashes`.

Sends of sockets are stored by `messaging.store.store`, many by one statement that commits by
itself. Here it can be put into a transaction of its own, so that something may happen between
INSERT and COMMIT.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from psycopg import AsyncConnection

from messaging import store

Connection = AsyncConnection[Any]
Storing = Callable[[Connection, Sequence[store.Attempt]], Awaitable[store.Outcome]]


def around_storing(around: Callable[[Storing, Connection, Any], Awaitable[store.Outcome]]) -> None:
    """Let `around(storing, connection, attempts)` do what `storing(connection, attempts)` does."""
    storing = store.store

    async def watched(connection: Connection, attempts: Sequence[store.Attempt]) -> store.Outcome:
        return await around(storing, connection, attempts)

    store.store = watched
