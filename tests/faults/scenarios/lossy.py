"""The layer drops a tenth of its events, duplicates a tenth, and delays a tenth."""

import asyncio
from collections.abc import AsyncIterator

from tests.faults.measures import delivery_times
from tests.faults.report import Row, percentile
from tests.faults.scenario import Form
from tests.faults.stack import Stack
from tests.faults.stage import stage

# Seconds that a heartbeat, its query and a page may take. The short form is a test, which must also
# pass on a slow machine.
SLACK, PATIENT = 2.0, 60.0


async def play(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve({"FAULTS_LAYER": "LossyLayer"})
    async with stage(stack) as running:
        running.talk()
        await asyncio.sleep(form.pick(6, 30))
        await running.settle()
        times = delivery_times(running.history)
        gaps = sum(1 for _ in running.history.of("gap"))
        beats = sum(1 for _ in running.history.of("healed"))
        row = Row.of(
            "the layer drops, doubles and reorders 10% each",
            await running.judge(),
            times,
            f"{gaps} holes seen by revision, {beats} by heartbeat; worst delivery "
            f"{max(times, default=0):.2f} s at a heartbeat of {running.heartbeat:.0f} s; "
            "recovery: from send to receipt",
        )
        row.require(gaps + beats > 0, "nothing was lost, so nothing was shown")
        row.require(
            percentile(times, 1) <= running.heartbeat + form.pick(PATIENT, SLACK),
            "some messages took more than a heartbeat",
        )
        yield row
