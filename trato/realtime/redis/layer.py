"""The channel layer between processes: channels-redis' pub/sub layer, made faster.

The stock layer publishes one event at a time under a lock, subscribes without waiting for Redis'
confirmation, and passes events between tasks through a queue. This one publishes many events with
one call and calls a function for each event that arrives. `group_add_many` returns only after Redis
has confirmed the subscription, so a caller who then reads the database misses nothing.

While Redis is down, `trato.realtime.groups` drops the events for other processes and keeps trying
to join groups, and `subscriber` reconnects and subscribes again.

It uses private parts of channels-redis, tested with 4.3: a layer's `_layers`, `_args` and
`_kwargs`, a loop layer's `_shards`, `_get_shard` and `_get_group_channel_name`. If one is missing,
we log that once, and the stock layer does the work.
"""

import asyncio
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import structlog
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.utils import create_pool

from .connection import RedisConnection
from .subscriber import Subscriptions

log = structlog.get_logger("trato.redis")

Callback = Callable[[str, Mapping[str, Any]], None]  # takes a group and an event for it


class GroupEvent(NamedTuple):
    """An event for some groups."""

    groups: Sequence[str]
    event: Mapping[str, Any]


# Redis publishes an event only if another process has subscribed: this process has delivered it
# already and would discard the echo. Nobody misses an event: a process that subscribes later reads
# the database after that. For each channel, ARGV has how often we subscribed, and the event.
PUBLISH_MANY = """
for index, channel in ipairs(KEYS) do
    if redis.call('PUBSUB', 'NUMSUB', channel)[2] > tonumber(ARGV[2 * index - 1]) then
        redis.call('PUBLISH', channel, ARGV[2 * index])
    end
end
"""

PRIVATE_PARTS = ("_get_shard", "_get_group_channel_name")
IS_SUPPORTED = all(hasattr(RedisPubSubLoopLayer, name) for name in PRIVATE_PARTS)
if not IS_SUPPORTED:
    log.warning("slow_way", owner="channels_redis.pubsub")


class PubSubLayer(RedisPubSubChannelLayer):
    """A replacement for `RedisPubSubChannelLayer` that can also publish many events at once."""

    def _get_layer(self) -> Any:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            stock = super()._get_layer()  # also prepares for the end of the loop
            if not IS_SUPPORTED:
                return stock
            self._layers[loop] = LoopLayer(*self._args, **self._kwargs, channel_layer=self)
        return self._layers[loop]


class LoopLayer(RedisPubSubLoopLayer):
    """One event loop's part of the layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = [shard.host for shard in self._shards]  # type: ignore[has-type]  # untyped base
        self._shards = [Shard(host, self._receive) for host in hosts]
        self._callbacks: dict[str, Callback] = {}
        self._prefix_length = len(self._get_group_channel_name(""))

    async def publish_many(self, events: Iterable[GroupEvent], own: Collection[str] = ()) -> None:
        """Publish events in order, with one round trip per Redis.

        Args:
            own: groups that this process follows; it passes its own events to them by itself.
        """
        by_shard: dict[Shard, tuple[list[str], list[int | bytes]]] = {}
        for groups, event in events:
            serialized = self.channel_layer.serialize(event)
            for group in groups:
                channel = self._get_group_channel_name(group)
                shard = self._get_shard(channel)
                # After a restart, Redis doesn't know our subscriptions until we are back.
                ours = int(group in own and shard.is_live)
                channels, arguments = by_shard.setdefault(shard, ([], []))
                channels.append(channel)
                arguments += (ours, serialized)
        for shard, (channels, arguments) in by_shard.items():
            await shard.publish_many(channels, arguments)

    async def group_add_many(self, groups: Sequence[str], channel: str) -> None:
        """Add a channel to groups. When this returns, Redis delivers their events."""
        by_shard: dict[Shard, list[str]] = {}
        for group in groups:
            name = self._get_group_channel_name(group)
            self.groups.setdefault(name, set()).add(channel)
            by_shard.setdefault(self._get_shard(name), []).append(name)
        for shard, names in by_shard.items():
            await shard.subscribe(*names)

    async def group_add(self, group: str, channel: str) -> None:
        """Add a channel to a group."""
        await self.group_add_many([group], channel)

    def new_callback_channel(self, callback: Callback) -> str:
        """Create a channel that calls a function with each event of its groups."""
        channel = f"{self.prefix}callback{uuid.uuid4().hex}"
        self._callbacks[channel] = callback
        return channel

    async def flush(self) -> None:
        self._callbacks.clear()
        await super().flush()

    def _receive(self, name: str, serialized: bytes) -> None:
        if queue := self.channels.get(name):
            queue.put_nowait(serialized)
            return
        for channel in self.groups.get(name, ()):
            if callback := self._callbacks.get(channel):
                callback(name[self._prefix_length :], self.channel_layer.deserialize(serialized))
            elif queue := self.channels.get(channel):
                queue.put_nowait(serialized)


class Shard(Subscriptions):
    """One Redis server to subscribe and publish to. Replaces channels-redis' class."""

    def __init__(self, host: dict[str, Any], on_event: Callable[[str, bytes], None]) -> None:
        pool = create_pool(host)
        super().__init__(pool, on_event)
        self._commands = RedisConnection(pool)

    async def publish(self, channel: str, event: bytes) -> None:
        await self._commands.call("PUBLISH", channel, event)

    async def publish_many(self, channels: list[str], arguments: list[int | bytes]) -> None:
        await self._commands.call("EVAL", PUBLISH_MANY, len(channels), *channels, *arguments)

    async def flush(self) -> None:
        await self.close()
        await self._commands.close()
