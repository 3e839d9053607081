"""One clock goes round all sockets; each has its own hour."""

import asyncio
from typing import Any

from django.test import override_settings

from trato.realtime.heartbeat import TICK_SECONDS, _Clock

HOURS = round(20 / TICK_SECONDS)  # of a round of twenty seconds


@override_settings(SOCKET_HEARTBEAT_SECONDS=20)
def test_a_newcomer_is_looked_after_a_full_round_later_and_many_are_spread_over_it() -> None:
    clock = _Clock()
    clock.now = 7 % HOURS
    newcomers: list[Any] = [object() for _ in range(2 * HOURS)]
    for one in newcomers:
        clock.add(one)
    assert newcomers[0] in clock.hours[7 % HOURS]
    assert [len(hour) for hour in clock.hours] == [2] * HOURS
    for one in newcomers:
        clock.discard(one)
    assert not any(clock.hours)


@override_settings(SOCKET_HEARTBEAT_SECONDS=20)
async def test_who_comes_while_the_clock_runs_is_not_the_next_one_either() -> None:
    clock = _Clock()
    early, late = object(), object()
    clock.add(early)
    going = asyncio.create_task(clock.run())
    await asyncio.sleep(0)  # it waits for its first tick now
    clock.add(late)
    assert early in clock.hours[0]
    assert late in clock.hours[-1]
    going.cancel()
