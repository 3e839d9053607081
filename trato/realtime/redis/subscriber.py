"""What a process hears from one Redis, as long as it lives."""

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

RETRY_SECONDS = 0.5  # between two tries to connect
ALIVE_SECONDS = 15.0  # a Redis that says nothing for so long, though it was asked to, has gone
AT_ONCE = 500  # channels in one command


class Subscriptions:
    """The channels that are heard. When the connection ends, it is made and asked for them anew.

    Args:
        pool: which knows how to connect.
        heard: takes a channel's name and what came there; must return at once and not raise.
    """

    def __init__(self, pool: ConnectionPool, heard: Callable[[str, bytes], None]) -> None:
        self._pool, self._heard = pool, heard
        self._wanted: set[str] = set()
        self.confirmed: set[str] = set()  # of those, the ones that Redis tells about by now
        self._unanswered: Counter[str] = Counter()  # SUBSCRIBEs on this connection
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._protocol: RedisProtocol | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[None] | None = None
        self._away: Exception | None = None  # what the last try to connect has met
        self._silent = 0  # how often it was waited since Redis last said anything

    async def add(self, channels: Sequence[str]) -> None:
        """Hear channels, too. Once this returns, Redis has begun to tell.

        Raises:
            redis.exceptions.RedisError, OSError: it is away. They are heard when it is back.
        """
        missing = [channel for channel in channels if channel not in self.confirmed]
        loop = asyncio.get_running_loop()
        waiting = [self._waiting.setdefault(one, loop.create_future()) for one in missing]
        new = [channel for channel in missing if channel not in self._wanted]
        self._wanted.update(new)
        if self._task is None:
            self._task = spawn(self._stay())
        elif self._protocol is not None:
            self._subscribe(self._protocol, new)
        elif self._away is not None:
            raise RedisConnectionError(*self._away.args)
        # Shielded: who gives up waiting leaves the next try its confirmation.
        await asyncio.gather(*map(asyncio.shield, waiting))

    def discard(self, channel: str) -> None:
        """Hear a channel no longer."""
        self._wanted.discard(channel)
        self.confirmed.discard(channel)
        self._waiting.pop(channel, None)
        if self._protocol is not None:
            self._protocol.send(("UNSUBSCRIBE", channel))

    async def close(self) -> None:
        """Hear nothing more."""
        if self._protocol is not None:
            self._protocol.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _stay(self) -> None:
        """Be connected."""
        while True:
            protocol = RedisProtocol(self._said, self._end)
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
                        future.exception()  # seen, also where nobody waits any more
                self._waiting.clear()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, protocol: RedisProtocol) -> None:
        """Until the connection ends: one that is dead without an end is found by asking."""
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

    def _said(self, reply: Any) -> None:
        self._silent = 0
        match reply:
            case [b"message", name, event]:
                try:
                    self._heard(name.decode(), event)
                except Exception:
                    logger.exception("an event could not be handed on")
            case [b"subscribe", name, _]:
                self._confirm(name.decode())
            case Exception():
                logger.error("Redis refuses a subscription: %s", reply)

    def _confirm(self, channel: str) -> None:
        self._unanswered[channel] -= 1
        if self._unanswered[channel] > 0:
            return  # of a subscription that was ended since, and asked for again
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
