"""Stay subscribed to channels of one Redis, whatever becomes of the connection."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from trato.realtime.background import spawn

from .connection import RedisProtocol

logger = logging.getLogger("trato.layer")

RETRY_SECONDS = 0.5  # between two attempts to connect
ALIVE_SECONDS = 15.0  # after which a silent Redis is asked, and given up if it stays silent
AT_ONCE = 500  # channels in one command


class Subscriptions:
    """The channels of one process. When the connection ends, it reconnects and subscribes again.

    Args:
        pool: has Redis' address and credentials.
        on_event: takes a channel's name and an event; must return at once and not raise.
    """

    def __init__(self, pool: ConnectionPool, on_event: Callable[[str, bytes], None]) -> None:
        self._pool, self._on_event = pool, on_event
        self._wanted: set[str] = set()
        self.confirmed: set[str] = set()  # of those, what Redis has confirmed
        self._unanswered: Counter[str] = Counter()  # SUBSCRIBE commands of this connection
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._protocol: RedisProtocol | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[None] | None = None
        self._away: Exception | None = None  # why the last attempt to connect failed
        self._silent = 0  # intervals since Redis last said anything

    async def add(self, channels: Sequence[str]) -> None:
        """Subscribe to more channels. By the time this returns, Redis passes on their events.

        Raises:
            redis.exceptions.RedisError, OSError: Redis is away. They follow when it is back.
        """
        missing = [channel for channel in channels if channel not in self.confirmed]
        loop = asyncio.get_running_loop()
        waiting = [self._waiting.setdefault(one, loop.create_future()) for one in missing]
        new = [channel for channel in missing if channel not in self._wanted]
        self._wanted.update(new)
        if self._task is None:
            self._task = spawn(self._stay_connected())
        elif self._protocol is not None:
            self._subscribe(self._protocol, new)
        elif self._away is not None:
            raise RedisConnectionError(*self._away.args)
        # Shielded: a caller that stops waiting leaves the confirmation to the next one.
        await asyncio.gather(*map(asyncio.shield, waiting))

    def discard(self, channel: str) -> None:
        """Unsubscribe from a channel."""
        self._wanted.discard(channel)
        self.confirmed.discard(channel)
        self._waiting.pop(channel, None)
        if self._protocol is not None:
            self._protocol.send(("UNSUBSCRIBE", channel))

    async def close(self) -> None:
        """End the connection and all subscriptions."""
        if self._protocol is not None:
            self._protocol.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _stay_connected(self) -> None:
        """Connect, subscribe and listen, again and again."""
        while True:
            protocol = RedisProtocol(self._on_reply, self._end)
            try:
                async with asyncio.timeout(ALIVE_SECONDS):
                    await protocol.open(self._pool)
                self._protocol, self._away = protocol, None
                self._subscribe(protocol, list(self._wanted))
                await self._listen(protocol)
                raise RedisConnectionError("the connection has ended")
            except (RedisError, OSError) as error:
                logger.warning("channel layer is away: %s", type(error).__name__)
                protocol.close()
                self._end()
                self._away = error
                for future in self._waiting.values():
                    if not future.done():
                        future.set_exception(RedisConnectionError(*error.args))
                        future.exception()  # marks it as retrieved, in case nobody waits any more
                self._waiting.clear()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, protocol: RedisProtocol) -> None:
        """Return once the connection has ended, or no longer answers a PING."""
        self._ended = asyncio.get_running_loop().create_future()
        self._silent = 0
        while not self._ended.done() and self._silent < 2:
            if self._silent:
                protocol.send(("PING",))
            self._silent += 1
            await asyncio.wait({self._ended}, timeout=ALIVE_SECONDS)

    def _subscribe(self, protocol: RedisProtocol, channels: list[str]) -> None:
        for start in range(0, len(channels), AT_ONCE):
            now = channels[start : start + AT_ONCE]
            self._unanswered.update(now)
            protocol.send(("SUBSCRIBE", *now))

    def _on_reply(self, reply: Any) -> None:
        self._silent = 0
        match reply:
            case [b"message", name, event]:
                try:
                    self._on_event(name.decode(), event)
                except Exception:
                    logger.exception("an event could not be passed on")
            case [b"subscribe", name, _]:
                self._confirm(name.decode())
            case Exception():
                logger.error("Redis refuses a subscription: %s", reply)

    def _confirm(self, channel: str) -> None:
        self._unanswered[channel] -= 1
        if self._unanswered[channel] > 0:
            return  # confirms an earlier subscription that has since ended
        del self._unanswered[channel]
        if channel in self._wanted:
            self.confirmed.add(channel)
        future = self._waiting.pop(channel, None)
        if future is not None and not future.done():
            future.set_result(None)

    def _end(self) -> None:
        self._protocol = None
        self.confirmed.clear()
        self._unanswered.clear()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
