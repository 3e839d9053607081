"""A Redis layer that treats events like a bad network."""

import asyncio
import random
from collections.abc import Collection, Iterable

from trato.realtime.redis.layer import GroupEvent, PubSubLayer

SHARE = 0.1  # the share of events that are dropped; as many are duplicated, and as many delayed
LATE = 0.4  # seconds; longer than a hub waits to restore the order


class LossyLayer(PubSubLayer):
    """Drops a tenth of the events to other processes, duplicates a tenth, and delays a tenth."""

    async def publish_many(self, events: Iterable[GroupEvent], own: Collection[str] = ()) -> None:
        now: list[GroupEvent] = []
        late: list[GroupEvent] = []
        for one in (GroupEvent([group], event) for groups, event in events for group in groups):
            chance = random.random()
            if chance < SHARE:
                continue
            if chance < 2 * SHARE:
                now.append(one)
            (late if chance > 1 - SHARE else now).append(one)
        if late:
            asyncio.get_running_loop().call_later(LATE, self._publish_late, late, own)
        await self._get_layer().publish_many(now, own)

    def _publish_late(self, events: list[GroupEvent], own: Collection[str]) -> None:
        task = asyncio.ensure_future(self._get_layer().publish_many(events, own))
        self._late = task  # the loop only has a weak reference
