"""Connections of the event loop's own to Redis, for the hot path.

redis-py opens them, with its passwords and certificates. From then on its pool, streams, retries
and records would be several times the work of a command itself: so bytes go between the transport
and hiredis' parser directly. What is called here may fail, and is not tried again.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError


class Wire(asyncio.Protocol):
    """One open connection. What Redis says is heard at once, in its order.

    Args:
        heard: takes each reply; must not raise.
        ended: called when the connection has ended, unless it was closed here.
    """

    def __init__(self, heard: Callable[[Any], None], ended: Callable[[], None]) -> None:
        self._heard, self._ended = heard, ended
        self._parser = hiredis.Reader(replyError=_error)
        self._writer: asyncio.StreamWriter | None = None

    async def open(self, pool: ConnectionPool) -> None:
        """Connect; the pool knows where and as whom, and takes no account of the connection.

        Raises:
            redis.exceptions.RedisError, OSError: it is away, or refuses.
        """
        connection = pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        self._writer = connection._writer  # which would close the transport if nobody kept it
        connection._reader = connection._writer = None
        self._writer.transport.set_protocol(self)

    def send(self, command: tuple[Any, ...]) -> None:
        if self._writer is not None:
            transport = cast(asyncio.Transport, self._writer.transport)
            if not transport.is_closing():  # else `ended` is on its way
                transport.write(hiredis.pack_command(command))

    def close(self) -> None:
        """End the connection now; what was not answered will not be."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            cast(asyncio.Transport, writer.transport).abort()

    def data_received(self, data: bytes) -> None:
        self._parser.feed(data)
        while (reply := self._parser.gets()) is not False:
            self._heard(reply)

    def connection_lost(self, error: Exception | None) -> None:
        if self._writer is not None:
            self._writer = None
            self._ended()


class RedisLine:
    """Carries out commands in the order of the calls; connected when it is needed."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._wire: Wire | None = None
        self._opening = asyncio.Lock()
        self._answers: deque[asyncio.Future[Any]] = deque()

    async def call(self, *command: Any) -> Any:
        """What Redis answers to a command.

        Raises:
            redis.exceptions.RedisError, OSError: it is away, or refuses the command.
        """
        wire = self._wire or await self._open()
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        wire.send(command)
        try:
            return await answer
        except asyncio.CancelledError:  # it took too long; others would wait as long
            self.close()
            raise

    def close(self) -> None:
        """End the connection; who waits for an answer is told, and the next call opens another."""
        if self._wire is not None:
            self._wire.close()
            self._end()

    async def _open(self) -> Wire:
        async with self._opening:
            if self._wire is None:
                wire = Wire(self._answered, self._end)
                await wire.open(self._pool)
                self._wire = wire
            return self._wire

    def _answered(self, reply: Any) -> None:
        answer = self._answers.popleft()
        if answer.done():
            return
        if isinstance(reply, Exception):
            answer.set_exception(reply)
        else:
            answer.set_result(reply)

    def _end(self) -> None:
        self._wire = None
        while self._answers:
            self._answered(RedisConnectionError("the connection has ended"))


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


def _error(text: str) -> ResponseError:
    return (NoScriptError if text.startswith("NOSCRIPT") else ResponseError)(text)
