"""The timing wheel visits all sockets in turn; each has its slot."""

import asyncio
from typing import Any

from django.test import override_settings

from trato.realtime.heartbeat import TICK_SECONDS, TimingWheel

SLOTS = round(20 / TICK_SECONDS)  # of a round of twenty seconds


@override_settings(SOCKET_HEARTBEAT_SECONDS=20)
async def test_a_newcomer_is_looked_after_a_full_round_later_and_many_are_spread_over_it() -> None:
    wheel = TimingWheel()
    wheel.current = 7 % SLOTS
    newcomers: list[Any] = [object() for _ in range(2 * SLOTS)]
    for one in newcomers:
        wheel.add(one)
    assert newcomers[0] in wheel.slots[7 % SLOTS]
    assert [len(slot) for slot in wheel.slots] == [2] * SLOTS
    for one in newcomers:
        wheel.discard(one)
    assert not any(wheel.slots)


@override_settings(SOCKET_HEARTBEAT_SECONDS=20)
async def test_who_comes_while_the_wheel_runs_is_not_the_next_one_either() -> None:
    wheel = TimingWheel()
    early, late = object(), object()
    wheel.add(early)
    assert wheel.task is not None
    await asyncio.sleep(0)  # it waits for its first tick now
    wheel.add(late)
    assert early in wheel.slots[0]
    assert late in wheel.slots[-1]
    wheel.task.cancel()
