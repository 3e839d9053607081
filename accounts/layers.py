"""The channel layer between processes: channels-redis' pub/sub, with its two slow paths gathered.

The stock layer publishes one event at a time under a lock, and subscribes without waiting for
Redis to say so. Here all events of a moment go out in one call, and a subscription has begun
when `group_add_many` returns, so that whoever reads the database after it misses nothing.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)

from .redis_line import RedisLine, Script

logger = logging.getLogger("trato.layer")


class Ring(NamedTuple):
    """One event for one group; `heard_here`: this process is subscribed to the group itself."""

    group: str
    event: Mapping[str, Any]
    heard_here: bool


# Publishes only where somebody else listens: a process hands its own events on by itself, and
# would only throw the echo away. Nobody is missed: who subscribes after this look reads the
# database later still.
PUBLISH = Script("""
for index, channel in ipairs(KEYS) do
    local listeners = redis.call('PUBSUB', 'NUMSUB', channel)[2]
    if listeners > tonumber(ARGV[2 * index - 1]) then
        redis.call('PUBLISH', channel, ARGV[2 * index])
    end
end
""")


class PubSubLayer(RedisPubSubChannelLayer):
    """A drop-in for `RedisPubSubChannelLayer` that also takes many at once."""

    def _get_layer(self) -> "LoopLayer":
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            super()._get_layer()  # for what it does when the loop closes
            self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
        layer: LoopLayer = self._layers[loop]
        return layer


class LoopLayer(RedisPubSubLoopLayer):
    """What one event loop has of the layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = [shard.host for shard in self._shards]  # type: ignore[has-type]  # untyped base
        self._shards = [Shard(host, self) for host in hosts]

    async def publish_many(self, rings: Iterable[Ring]) -> None:
        """Publish events in their order: one round trip for each Redis they go to."""
        by_shard: dict[Shard, list[tuple[str, bytes, bool]]] = {}
        for group, event, heard_here in rings:
            channel = self._get_group_channel_name(group)
            item = (channel, self.channel_layer.serialize(event), heard_here)
            by_shard.setdefault(self._get_shard(channel), []).append(item)
        for shard, items in by_shard.items():
            await shard.publish_many(items)

    async def group_add_many(self, groups: Sequence[str], channel: str) -> None:
        """Let `channel` hear groups. Once this returns, Redis has begun to tell."""
        by_shard: dict[Shard, list[str]] = {}
        for group in groups:
            name = self._get_group_channel_name(group)
            self.groups.setdefault(name, set()).add(channel)
            by_shard.setdefault(self._get_shard(name), []).append(name)
        for shard, names in by_shard.items():
            await shard.subscribe_many(names)


class Shard(RedisSingleShardConnection):
    """One Redis: one connection to publish, one to hear."""

    def __init__(self, host: Any, channel_layer: LoopLayer) -> None:
        super().__init__(host, channel_layer)
        self._confirmed: dict[bytes, asyncio.Future[None]] = {}
        self._hears_on: Any = None  # the stream on which Redis confirmed the subscriptions
        self._line: RedisLine | None = None

    async def publish_many(self, items: Sequence[tuple[str, bytes, bool]]) -> None:
        """Publish serialized events to channels, each only where somebody else listens."""
        self._ensure_redis()
        if self._line is None:
            self._line = RedisLine(self._redis.connection_pool)
        hears = self._hears()
        keys = [channel for channel, _event, _heard_here in items]
        arguments: list[Any] = []
        for _channel, event, heard_here in items:
            arguments += (int(heard_here and hears), event)
        await PUBLISH.run(self._line, keys, arguments)

    async def flush(self) -> None:
        if self._line is not None:
            await self._line.close()
            self._line = None
        await super().flush()

    def _hears(self) -> bool:
        """Whether Redis knows of our subscriptions: not so after a restart, until we are back."""
        connection = self._pubsub.connection
        stream = getattr(connection, "_reader", None)
        return stream is not None and stream is self._hears_on

    async def subscribe_many(self, channels: Sequence[str]) -> None:
        """Subscribe, and wait until Redis has said for each channel that it did."""
        new = [channel for channel in channels if channel not in self._subscribed_to]
        if not new:
            return
        confirmed = [self._confirmation(channel) for channel in new]
        async with self._lock:
            self._ensure_redis()
            self._ensure_receiver()
            await self._pubsub.subscribe(*new)
        # Shielded: who gives up waiting leaves the next try its confirmation.
        await asyncio.gather(*map(asyncio.shield, confirmed))
        self._subscribed_to.update(new)

    def _confirmation(self, channel: str) -> "asyncio.Future[None]":
        loop = asyncio.get_running_loop()
        return self._confirmed.setdefault(channel.encode(), loop.create_future())

    async def _do_receiving(self) -> None:
        # Waits for what comes instead of looking ten times a second, and sees confirmations.
        while True:
            try:
                if not self._pubsub.subscribed or self._pubsub.connection is None:
                    await asyncio.sleep(0.01)  # until the first subscription is on its way
                    continue
                said = await self._pubsub.parse_response(block=True)
                if said[0] == b"message":
                    self._receive_message({"channel": said[1], "data": said[2]})
                    continue
                await self._pubsub.handle_message(said)
                self._hears_on = self._pubsub.connection._reader
                future = self._confirmed.pop(said[1], None) if said[0] == b"subscribe" else None
                if future is not None and not future.done():
                    future.set_result(None)
            except Exception as error:
                # Redis is away; the next try connects anew and subscribes to all again.
                logger.warning("channel layer is away: %s", type(error).__name__)
                await asyncio.sleep(0.5)
