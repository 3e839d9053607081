"""The channel layer between processes: channels-redis' pub/sub, on connections of our own.

The stock layer publishes one event at a time under a lock, subscribes without waiting for Redis
to say so, and hands what it hears from task to task through a queue. Here all events of a moment
go out in one call, a subscription has begun when `group_add_many` returns, so that whoever reads
the database after it misses nothing, and an event of another process is handed on as it comes.
"""

import asyncio
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from channels_redis.utils import create_pool

from .connection import RedisConnection, Script
from .subscriber import Subscriptions

Hear = Callable[[str, Mapping[str, Any]], None]  # a group, and an event of it


class Ring(NamedTuple):
    """One event for some groups."""

    groups: Sequence[str]
    event: Mapping[str, Any]


# Publishes only where somebody else listens: a process hands its own events on by itself, and
# would only throw the echo away. Nobody is missed: who subscribes after this look reads the
# database later still. An event follows the name of its first group; after the others stands ''.
PUBLISH = Script("""
local event
for index, channel in ipairs(KEYS) do
    if ARGV[2 * index] ~= '' then
        event = ARGV[2 * index]
    end
    if redis.call('PUBSUB', 'NUMSUB', channel)[2] > tonumber(ARGV[2 * index - 1]) then
        redis.call('PUBLISH', channel, event)
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
        self._shards = [Shard(host, self._heard) for host in hosts]
        self._hearers: dict[str, Hear] = {}
        self._before_group = len(self._get_group_channel_name(""))  # letters

    async def publish_many(self, rings: Iterable[Ring], heard_here: Collection[str] = ()) -> None:
        """Publish events in their order: one round trip for each Redis they go to.

        Args:
            heard_here: the groups whose events this process hands on by itself.
        """
        by_shard: dict[Shard, list[tuple[str, bool, bytes]]] = {}
        for groups, event in rings:
            serialized = self.channel_layer.serialize(event)
            for group in groups:
                channel = self._get_group_channel_name(group)
                item = (channel, group in heard_here, serialized)
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
            await shard.subscriptions.add(names)

    async def group_add(self, group: str, channel: str) -> None:
        """Let `channel` hear a group."""
        await self.group_add_many([group], channel)

    def new_hearer(self, hear: Hear) -> str:
        """A channel whose groups' events go to a function at once; nothing else is sent to it."""
        channel = f"{self.prefix}hearer{uuid.uuid4().hex}"
        self._hearers[channel] = hear
        return channel

    async def flush(self) -> None:
        self._hearers.clear()
        await super().flush()

    def _heard(self, name: str, serialized: bytes) -> None:
        if queue := self.channels.get(name):
            queue.put_nowait(serialized)
            return
        for channel in self.groups.get(name, ()):
            if hear := self._hearers.get(channel):
                hear(name[self._before_group :], self.channel_layer.deserialize(serialized))
            elif queue := self.channels.get(channel):
                queue.put_nowait(serialized)


class Shard:
    """One Redis: one connection to publish, one to hear. Stands for channels-redis' own."""

    def __init__(self, host: Any, heard: Callable[[str, bytes], None]) -> None:
        self.host = host
        self._heard = heard
        self._connect()

    def _connect(self) -> None:
        pool = create_pool(self.host)
        self.connection = RedisConnection(pool)
        self.subscriptions = Subscriptions(pool, self._heard)

    async def publish_many(self, items: Sequence[tuple[str, bool, bytes]]) -> None:
        """Publish to channels, each only where somebody else listens.

        Args:
            items: channel, whether this process is not to hear it, and the serialized event.
        """
        arguments: list[int | bytes] = []
        last = None
        for channel, heard_here, event in items:
            # Redis may not know of our subscription: not so after a restart, until we are back.
            own = heard_here and channel in self.subscriptions.confirmed
            arguments += (int(own), b"" if event is last else event)
            last = event
        await PUBLISH.run(self.connection, [channel for channel, *_ in items], arguments)

    async def publish(self, channel: str, event: bytes) -> None:
        await self.connection.call("PUBLISH", channel, event)

    async def subscribe(self, channel: str) -> None:
        await self.subscriptions.add([channel])

    async def unsubscribe(self, channel: str) -> None:
        self.subscriptions.discard(channel)

    async def flush(self) -> None:
        self.connection.close()
        await self.subscriptions.close()
        self._connect()
