"""A client disconnects, many messages are sent, and it reconnects to the other process."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from tests.faults.report import Row
from tests.faults.scenario import Form
from tests.faults.stack import Stack
from tests.faults.stage import Stage, stage

MANY = 450  # changes: more than two pages of 200


async def play(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    for seconds in (5, 180) if form.long else ():
        yield await _away_for(stack, seconds)
    async with _on_server_0(stack) as running:
        name = f"away while {MANY} changes are made"
        yield await _come_back(running, name, _say_much(running))


async def _away_for(stack: Stack, seconds: int) -> Row:
    async with _on_server_0(stack) as running:
        running.talk()
        return await _come_back(running, f"away for {seconds} s", asyncio.sleep(seconds))


async def _come_back(running: Stage, name: str, absence: Awaitable[object]) -> Row:
    """The shopper and the owner of one conversation leave, and return on the other server."""
    gone = [running.clients["shopper0"], running.clients["owner0"]]
    for client in gone:
        client.leave()
    await absence
    since = time.monotonic()
    for client in gone:
        client.move(lambda: running.stack.address(1))
        client.reconnect()
    await running.all_live()
    await running.settle()
    times, pages = [], []
    for client in gone:
        mine = [event for event in running.history.events if event.client == client.name]
        back = next(event for event in mine if event.kind == "live" and event.at >= since)
        times.append(back.at - since)
        pages += [event for event in mine if event.kind == "page" and since <= event.at <= back.at]
    size = sum(page.size for page in pages)
    conversations = len({(page.client, page.conversation) for page in pages})
    return Row.of(
        name,
        await running.judge(),
        times,
        f"resumed on the other process: {len(pages)} pages for {conversations} resumed "
        f"conversations, {size / 1024:.0f} KiB; recovery: until live",
    )


async def _say_much(running: Stage) -> None:
    agent, pk = running.clients["agent0"], running.cast.conversations["shopper0"][0]
    said = 0
    while said < MANY:
        if await agent.write(pk):
            said += 1
        else:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _on_server_0(stack: Stack) -> AsyncIterator[Stage]:
    async with stage(stack, everybody=False) as running:
        for person in running.cast.people:
            running.connect(person, person, server=0)
        await running.all_live()
        yield running
