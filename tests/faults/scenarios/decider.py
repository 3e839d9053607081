"""A process that decides on held messages is killed between its steps, again and again."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import msgspec

from messaging.models import HeldMessage, Message
from tests.faults import database
from tests.faults.crashes import DECISION_POINTS
from tests.faults.decider import KILLED, Decision
from tests.faults.report import Row
from tests.faults.review import How, client_id_of
from tests.faults.scenario import Form
from tests.faults.stack import Stack
from tests.faults.stage import Stage, run_in_thread, stage

HOWS: tuple[How, ...] = ("released", "rejected")
PATIENCE = 60.0  # seconds until the point must have been reached
SHORT = 1  # points of each kind in the short form, the last ones
PAUSE = 0.1  # seconds between two checks for a held message

Decider = asyncio.subprocess.Process


async def play(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    rounds = form.pick(1, 4)  # in the long form 24 deaths while releasing, 20 while rejecting
    deaths: Counter[str] = Counter()
    halves: list[str] = []
    async with stage(stack) as running, _decider() as decider:
        running.talk(reviewed=False)
        for _ in range(rounds):
            for how in HOWS:
                points = DECISION_POINTS[how]
                for point in form.pick(points[-SHORT:], points):
                    halves += await _kill_one(running, decider, how, point)
                    deaths[how] += 1
        await running.settle()
        row = Row.of(
            f"kill -9 a process that decides about held messages, {deaths.total()} times",
            await running.judge(),
            extra=", ".join(f"{how} {count}×" for how, count in deaths.items()),
        )
        for half in halves:
            row.require(False, half)
        yield row


async def _kill_one(running: Stage, decider: Decider, how: How, point: str) -> list[str]:
    """Let a process die at a point, and return what it left half done."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        rows = await run_in_thread(running.review.waiting)
        if not rows:
            await asyncio.sleep(PAUSE)
            continue
        # The oldest one: what waits behind another one isn't stored by a decision.
        held = rows[0]
        running.review.begin(held, how)
        decision = Decision(running.cast.moderator.pk, held.pk, how, point)
        assert decider.stdin
        assert decider.stdout
        decider.stdin.write(msgspec.json.encode(decision) + b"\n")
        answer = (await decider.stdout.readline()).decode().strip()
        if answer == KILLED:
            return await run_in_thread(partial(_half_done, held, how, point))
        if not answer:
            raise AssertionError("the decider has ended")
    raise TimeoutError(f"no process died {point}")


def _half_done(held: HeldMessage, how: How, point: str) -> list[str]:
    """Compare everything that belongs to a decision; the sender may withdraw the message."""
    client_id = client_id_of(held)
    rows = database.read_held([held.conversation_id])
    row = next(row for row in rows if row.client_id == client_id)
    stored = Message.objects.filter(
        conversation=held.conversation_id, sender=held.sender_id, client_id=held.client_id
    ).count()
    is_done = point == "after_commit"
    state = ("delivered" if how == "released" else "rejected") if is_done else "waiting"
    expected = {
        "state": state,
        "messages": int(state == "delivered"),
        "entries": int(is_done),
        "notices": int(state == "rejected"),
        "open cases": int(state == "waiting"),
    }
    actual = {
        "state": state if row.state == "withdrawn" else row.state,
        "messages": stored,
        "entries": row.entries,
        "notices": row.notices,
        "open cases": int(state == "waiting") if row.state == "withdrawn" else row.open_cases,
    }
    label = f"killed {point.replace('_', ' ')} while {client_id} was {how}"
    return [] if actual == expected else [f"{label}: {actual}, not {expected}"]


@asynccontextmanager
async def _decider() -> AsyncIterator[Decider]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.decider"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
