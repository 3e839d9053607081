"""The checker itself: green without a defect, red with each planted one."""

import asyncio
from collections.abc import AsyncIterator

from catalog.teams import remove_member
from tests.faults.report import Row
from tests.faults.scenario import Form, Play
from tests.faults.stack import Stack, settings
from tests.faults.stage import SILENCE, run_in_thread, stage

HEARTBEAT = 1  # seconds
PATIENCE = 60.0  # seconds; longer than a scenario, or catching up would hide the defect
# In the short form; the checker's own tests have histories with the others too.
SHORT = ("global_cursor",)


async def unharmed(stack: Stack, form: Form) -> AsyncIterator[Row]:
    """Run the same conversation without a defect."""
    row = await _run(stack, form, "no fault")
    row.require(row.n > 0, "nothing was sent")
    yield row


def planted(plant: str) -> Play:
    """Return the scenario of one defect."""

    async def play(stack: Stack, form: Form) -> AsyncIterator[Row]:
        row = await _run(stack, form, f"planted: {plant.replace('_', ' ')}", FAULTS_PLANT=plant)
        noticed, row.complaints = row.complaints, []
        row.extra = f"red, as it must be: {noticed[0]}" if noticed else ""
        row.require(bool(noticed), "the checker did not see the defect")
        yield row

    return play


async def _run(stack: Stack, form: Form, name: str, **changes: str) -> Row:
    """Talk for some seconds, with lost connections and somebody who leaves a shop."""
    changes |= settings(SOCKET_HEARTBEAT_SECONDS=HEARTBEAT)
    await stack.serve(changes, servers=1)
    async with stage(stack, heartbeat=HEARTBEAT, silence=PATIENCE) as running:
        gone, pk = running.clients["shopper0"], running.cast.conversations["shopper0"][0]
        gone.leave()
        await running.clients["owner0"].react(pk, 1)  # nobody else does, so no later event heals it
        running.talk(pause=0.25)
        await asyncio.sleep(0.5)
        gone.reconnect()
        for _ in range(form.pick(2, 6)):
            await asyncio.sleep(0.5)
            for hasty in ("shopper0", "shopper3", "owner0", "agent0"):
                running.clients[hasty].reload()
        shop, agent = running.cast.shops["owner1"], running.cast.people["agent1"]
        owner = await run_in_thread(lambda: shop.memberships.get(role="owner").user)
        await run_in_thread(lambda: remove_member(owner, shop.pk, agent.id))
        running.revoke("agent1")
        await asyncio.sleep(SILENCE + 0.5)
        await running.settle(patience=10)
        return Row.of(name, await running.judge())
