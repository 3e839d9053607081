"""Malicious clients beside people who talk: memory stays bounded, and people are served."""

import asyncio
import json
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator

from accounts.models import User
from messaging import actions
from tests.faults.attack import ATTACKERS
from tests.faults.measures import delivery_times
from tests.faults.report import Row, percentile
from tests.faults.scenario import Form, Play
from tests.faults.stack import Stack, settings
from tests.faults.stage import Stage, run_in_thread, stage

SLOW = "slow readers"
PAGE_MESSAGES = 150  # of 3,500 characters: one page of them is 560 KiB
MEMORY_MIB = 96  # how much one server may grow: pages in progress in 8 threads, and unsent bytes


def attacked(attack: str) -> Play:
    """Return the scenario of one attack."""

    async def play(stack: Stack, form: Form) -> AsyncIterator[Row]:
        # Use the product's own limits, so that the attack meets the real refusals.
        await stack.serve(settings(SOCKET_FRAMES_PER_MINUTE=600, SOCKET_BAD_FRAMES_PER_MINUTE=30))
        yield await _run(stack, attack, form.pick(3, 10))

    return play


async def _run(stack: Stack, attack: str, seconds: int) -> Row:
    async with stage(stack) as running:
        if attack == SLOW:
            await run_in_thread(lambda: _say_long_things(running))
        running.talk(pause=1)
        await asyncio.sleep(2)
        usual = delivery_times(running.history)
        before = [stack.memory(number) for number in range(len(stack.servers))]
        since = time.monotonic()
        attackers = await _start(running, attack, seconds)
        grown = 0.0
        while attackers.returncode is None:
            for number, had in enumerate(before):
                grown = max(grown, stack.memory(number) - had)
            await asyncio.sleep(0.1)
        output, _ = await attackers.communicate()
        ends = Counter(json.loads(output))
        await running.settle()
        under_fire = delivery_times(running.history, since)
        row = Row.of(
            f"{ATTACKERS} × {attack}",
            await running.judge(),
            under_fire,
            f"memory +{grown:.0f} MiB at most; others' p99 {percentile(usual, 0.99) * 1000:.0f} ms "
            f"before, {percentile(under_fire, 0.99) * 1000:.0f} ms meanwhile; attackers' ends: "
            + ", ".join(f"{end} ×{count}" for end, count in sorted(ends.items()))
            + "; recovery: others, from send to receipt",
        )
        row.require(grown < MEMORY_MIB, f"a server grew by {grown:.0f} MiB")
        row.require(len(under_fire) > 0, "nobody else was served")
        return row


def _say_long_things(running: Stage) -> None:
    """Create a page large enough to fill a server's memory while it waits for a slow reader."""
    shopper = User.objects.get(pk=running.cast.people["shopper0"].id)
    for _ in range(PAGE_MESSAGES):
        pk = running.cast.conversations["shopper0"][0]
        actions.send(shopper, pk, uuid.uuid4(), "seed " + "long " * 700)


async def _start(running: Stage, attack: str, seconds: int) -> asyncio.subprocess.Process:
    """Start attackers that use a shopper's session, in parallel to the shopper's own client."""
    server = 0 if attack == SLOW else None
    return await asyncio.create_subprocess_exec(
        # Directly to a server, because nginx would buffer megabytes for slow readers.
        *(sys.executable, "-m", "tests.faults.attack", attack, running.stack.address(server)),
        running.cast.people["shopper0"].cookie,
        str(running.cast.conversations["shopper0"][0]),
        str(seconds),
        stdout=asyncio.subprocess.PIPE,
    )
