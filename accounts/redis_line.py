"""A connection of the event loop's own to Redis, for the commands of the hot path.

The client of redis-py takes a connection from a pool, wraps the call for retries and records it:
four times the work of the command itself. What is called here may fail, and is not tried again.
"""

import asyncio
from typing import Any

import hiredis
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError


class RedisLine:
    """Runs one command at a time; opened when it is needed.

    Args:
        pool: which knows how to connect. Its connections are its own affair.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._connection: Any = None
        self._free = asyncio.Lock()

    async def call(self, *command: Any) -> Any:
        """What Redis answers to a command.

        Raises:
            redis.exceptions.RedisError, OSError: it is away, or refuses the command.
        """
        async with self._free:
            if self._connection is None:
                self._connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
            try:
                await self._connection.connect()  # does nothing where it is connected
                await self._connection.send_packed_command(hiredis.pack_command(command), False)
                return await self._connection.read_response()
            except ResponseError:
                raise
            except RuntimeError as error:  # uvloop's word for a connection that has ended
                await self.close()
                raise RedisConnectionError(*error.args) from error
            except BaseException:  # also a timeout: an answer that comes later is nobody's
                await self.close()
                raise

    async def close(self) -> None:
        """Close the connection; the next command opens another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.disconnect(nowait=True)


class Script:
    """A script that runs in Redis, which is sent once and then called by its digest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._digest: str | bytes = ""

    async def run(self, line: RedisLine, keys: list[str], arguments: list[Any]) -> Any:
        """What the script answers; raises as `RedisLine.call` does."""
        if not self._digest:
            self._digest = await line.call("SCRIPT", "LOAD", self.text)
        try:
            return await line.call("EVALSHA", self._digest, len(keys), *keys, *arguments)
        except NoScriptError:  # a Redis that was started anew
            return await line.call("EVAL", self.text, len(keys), *keys, *arguments)
