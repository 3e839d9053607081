"""Connections of the event loop's own to Redis, for the hot path.

redis-py opens them, with its passwords and certificates. After that its pool, streams, retries
and records would cost several times as much as a command itself, so the transport's bytes go
straight to hiredis' parser. Calls may fail and are not retried.

For that it takes the private `_reader` and `_writer` of redis-py's connections, tested with 7.4.
If they are missing, that is logged once, and redis-py's own client runs the commands.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis
import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError

log = structlog.get_logger("trato.redis")

IS_SUPPORTED = hasattr(AbstractConnection, "_reader") and hasattr(AbstractConnection, "_writer")
if not IS_SUPPORTED:
    log.warning("slow_way", owner="redis.asyncio.connection", missing=("_reader", "_writer"))


class RedisProtocol(asyncio.Protocol):
    """One open connection, which passes on Redis' replies in their order.

    Args:
        on_reply: takes each reply; must not raise.
        on_end: called when the connection has ended, unless it was closed here.
    """

    def __init__(self, on_reply: Callable[[Any], None], on_end: Callable[[], None]) -> None:
        self._on_reply, self._on_end = on_reply, on_end
        self._parser = hiredis.Reader(replyError=_error)
        self._writer: asyncio.StreamWriter | None = None

    async def open(self, pool: ConnectionPool) -> None:
        """Connect with a pool's address and credentials; the pool does not count the connection.

        Raises:
            redis.exceptions.RedisError, OSError: Redis is away, or refuses.
        """
        connection = pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        self._writer = connection._writer  # it closes the transport once nothing refers to it
        connection._reader = connection._writer = None
        self._writer.transport.set_protocol(self)

    def send(self, command: tuple[Any, ...]) -> None:
        if self._writer is not None:
            transport = cast(asyncio.Transport, self._writer.transport)
            if not transport.is_closing():  # otherwise `on_end` is about to be called
                transport.write(hiredis.pack_command(command))

    def close(self) -> None:
        """End the connection now; pending commands get no reply."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            cast(asyncio.Transport, writer.transport).abort()

    def data_received(self, data: bytes) -> None:
        self._parser.feed(data)
        while (reply := self._parser.gets()) is not False:
            self._on_reply(reply)

    def connection_lost(self, error: Exception | None) -> None:
        if self._writer is not None:
            self._writer = None
            self._on_end()


class RedisConnection:
    """Runs commands in the order of the calls; connects when it is first needed."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._protocol: RedisProtocol | None = None
        self._opening = asyncio.Lock()
        self._answers: deque[asyncio.Future[Any]] = deque()

    async def call(self, *command: Any) -> Any:
        """Send a command and return the reply.

        Raises:
            redis.exceptions.RedisError, OSError: Redis is away, or refuses the command.
        """
        if not IS_SUPPORTED:
            client = Redis(connection_pool=self._pool)
            return await client.execute_command(*command)  # type: ignore[no-untyped-call]
        protocol = self._protocol or await self._open()
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        protocol.send(command)
        try:
            return await answer
        except asyncio.CancelledError:  # it took too long, and would for everybody else
            self.close()
            raise

    def close(self) -> None:
        """End the connection. Pending calls fail, and the next call opens another connection."""
        if self._protocol is not None:
            self._protocol.close()
            self._end()

    async def _open(self) -> RedisProtocol:
        async with self._opening:
            if self._protocol is None:
                protocol = RedisProtocol(self._answer, self._end)
                await protocol.open(self._pool)
                self._protocol = protocol
            return self._protocol

    def _answer(self, reply: Any) -> None:
        answer = self._answers.popleft()
        if answer.done():
            return
        if isinstance(reply, Exception):
            answer.set_exception(reply)
        else:
            answer.set_result(reply)

    def _end(self) -> None:
        self._protocol = None
        while self._answers:
            self._answer(RedisConnectionError("the connection has ended"))


class Script:
    """A script that runs inside Redis: sent once, then called by its digest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._digest: str | bytes = ""

    async def run(self, connection: RedisConnection, keys: list[str], arguments: list[Any]) -> Any:
        """Return what the script returns. Raises as `RedisConnection.call` does."""
        if not self._digest:
            self._digest = await connection.call("SCRIPT", "LOAD", self.text)
        try:
            return await connection.call("EVALSHA", self._digest, len(keys), *keys, *arguments)
        except NoScriptError:  # Redis was restarted
            return await connection.call("EVAL", self.text, len(keys), *keys, *arguments)


def _error(text: str) -> ResponseError:
    return (NoScriptError if text.startswith("NOSCRIPT") else ResponseError)(text)
