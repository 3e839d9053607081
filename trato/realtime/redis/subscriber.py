"""Stay subscribed to channels on one Redis server, even if the connection is lost."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

import structlog
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from trato.realtime.background import spawn

log = structlog.get_logger("trato.redis")

RETRY_SECONDS = 0.5  # between two attempts to reconnect
ALIVE_SECONDS = 15.0  # between two PINGs; also how long Redis may take to answer one


class Subscriptions:
    """One process's channels. When the connection ends, it reconnects and subscribes again.

    redis-py's `PubSub` doesn't say when Redis has confirmed the renewed subscriptions.

    Args:
        pool: has Redis' address and credentials; the connection doesn't come from it.
        on_event: takes a channel's name and an event; must return immediately.
    """

    def __init__(self, pool: ConnectionPool, on_event: Callable[[str, bytes], None]) -> None:
        self._pool, self._on_event = pool, on_event
        self.is_live = False  # whether Redis has confirmed all channels on this connection
        self._channels: set[str] = set()
        self._connection: AbstractConnection | None = None
        self._connecting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._pings: deque[asyncio.Future[None]] = deque()  # that Redis has not answered yet

    async def subscribe(self, *channels: str) -> None:
        """Subscribe to more channels. When this returns, Redis delivers their events.

        Raises:
            redis.exceptions.RedisError, OSError: Redis is down.
        """
        self._channels.update(channels)
        async with self._connecting:
            if self._connection is None:
                confirmed = await self._connect()
            else:
                confirmed = await self._send(self._connection, ("SUBSCRIBE", *channels))
        await confirmed

    async def unsubscribe(self, channel: str) -> None:
        """Unsubscribe from a channel. Raises the same exceptions as `subscribe`."""
        self._channels.discard(channel)
        if self._connection is not None:
            await self._send(self._connection, ("UNSUBSCRIBE", channel))

    async def close(self) -> None:
        """Close the connection and end all subscriptions."""
        self._channels.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _connect(self) -> "asyncio.Future[None]":
        connection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.connect()
            confirmed = await self._send(connection, ("SUBSCRIBE", *self._channels))
        except BaseException:
            self._pings.clear()
            await connection.disconnect(nowait=True)
            raise
        self._connection = connection
        self._task = spawn(self._stay_connected(connection))
        return confirmed

    async def _send(
        self, connection: AbstractConnection, *commands: tuple[str, ...]
    ) -> "asyncio.Future[None]":
        """Send commands and a PING. The future is done when Redis has answered all of them."""
        answer = asyncio.get_running_loop().create_future()
        self._pings.append(answer)
        await connection.send_packed_command(connection.pack_commands([*commands, ("PING",)]))
        return answer

    async def _stay_connected(self, connection: AbstractConnection) -> None:
        """Pass on events until the connection ends, then open another one, repeatedly."""
        watch = spawn(self._watch(connection))
        try:
            await self._read(connection)
        except (RedisError, OSError) as error:
            log.warning("redis_away", error=type(error).__name__)
        finally:
            watch.cancel()
            self._connection, self.is_live = None, False
            for answer in self._pings:
                if not answer.done():
                    answer.set_exception(RedisConnectionError("the connection has ended"))
                    answer.exception()  # mark it as retrieved; perhaps no caller is left
            self._pings.clear()
            await connection.disconnect(nowait=True)
        while self._channels:
            await asyncio.sleep(RETRY_SECONDS)
            with contextlib.suppress(RedisError, OSError):
                async with asyncio.timeout(ALIVE_SECONDS), self._connecting:
                    if self._connection is None and self._channels:
                        await self._connect()
                    return

    async def _read(self, connection: AbstractConnection) -> None:
        while True:
            match await connection.read_response():
                case [b"message", name, event]:
                    try:
                        self._on_event(name.decode(), event)
                    except Exception:
                        log.exception("event_not_passed_on", channel=name.decode())
                case [b"pong", _] | b"PONG":
                    self.is_live = True  # the first PING follows the SUBSCRIBE of all channels
                    answer = self._pings.popleft()
                    if not answer.done():
                        answer.set_result(None)

    async def _watch(self, connection: AbstractConnection) -> None:
        """End a connection if Redis doesn't answer; a timeout per read would cost more."""
        with contextlib.suppress(RedisError, OSError):
            while True:
                await asyncio.sleep(ALIVE_SECONDS)
                async with asyncio.timeout(ALIVE_SECONDS):
                    await (await self._send(connection))
        await connection.disconnect(nowait=True)
