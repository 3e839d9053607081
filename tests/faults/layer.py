"""A Redis layer that does to events what a bad network might."""

import asyncio
import random
from collections.abc import Collection, Iterable

from trato.realtime.redis.layer import PubSubLayer, Ring

SHARE = 0.1  # of the events that are dropped, as many that are doubled, as many that come late
LATE = 0.4  # seconds; longer than the relay waits to put events in order


class LossyLayer(PubSubLayer):
    """Drops, doubles and delays a tenth each of what goes to other processes."""

    async def publish_many(self, rings: Iterable[Ring], heard_here: Collection[str] = ()) -> None:
        now: list[Ring] = []
        late: list[Ring] = []
        for ring in (Ring([group], event) for groups, event in rings for group in groups):
            chance = random.random()
            if chance < SHARE:
                continue
            if chance < 2 * SHARE:
                now.append(ring)
            (late if chance > 1 - SHARE else now).append(ring)
        if late:
            asyncio.get_running_loop().call_later(LATE, self._publish_late, late, heard_here)
        await self._get_layer().publish_many(now, heard_here)

    def _publish_late(self, rings: list[Ring], heard_here: Collection[str]) -> None:
        task = asyncio.ensure_future(self._get_layer().publish_many(rings, heard_here))
        self._late = task  # a loop alone would let go of it
