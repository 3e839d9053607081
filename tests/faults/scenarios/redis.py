"""Redis goes down: sends continue, and the heartbeat makes up for lost events."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable

import redis.asyncio

from tests.faults.measures import answer_times, codes, first_after
from tests.faults.report import Row, percentile
from tests.faults.scenario import Form
from tests.faults.stack import Stack, pause
from tests.faults.stage import stage

# Seconds within which a send must be acknowledged while Redis is down. The short form is a test,
# which must also pass on a slow machine.
PROMISED, PATIENT = 5.0, 60.0


async def killed(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    for seconds in (1, 30) if form.long else (1,):
        yield await _run(stack, form, f"Redis killed for {seconds} s", _killed(stack, seconds))


async def flushed(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    yield await _run(stack, form, "Redis FLUSHALL", _flushed(stack))


async def paused(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    seconds = form.pick(4, 20)
    name = f"Redis stopped (SIGSTOP) for {seconds} s"
    yield await _run(stack, form, name, pause(stack.redis, seconds))


async def _run(stack: Stack, form: Form, name: str, fault: Awaitable[None]) -> Row:
    async with stage(stack) as running:
        running.talk()
        await asyncio.sleep(1)
        began = time.monotonic()
        await fault
        ended = time.monotonic()
        await asyncio.sleep(4)
        await running.settle()
        # On a slow machine clients may have to retry, whatever Redis does.
        times, failed = answer_times(running.history, began, ended, retried=not form.long)
        row = Row.of(
            name,
            await running.judge(),
            first_after(running.history, ended, "receipt", how="live"),
            f"sends meanwhile: {_share(len(times), failed)} succeeded, "
            f"p99 {percentile(times, 0.99) * 1000:.0f} ms; recovery: until events arrive again",
        )
        told = codes(running.history, "refused", began)
        row.require(failed == 0, f"{failed} sends did not succeed while Redis was away: {told}")
        most = form.pick(PATIENT, PROMISED)
        slow = sum(seconds > most for seconds in times)
        row.require(slow == 0, f"{slow} sends took more than {most:.0f} s")
        return row


def _share(good: int, bad: int) -> str:
    return f"{good / (good + bad):.1%} of {good + bad}" if good + bad else "none"


async def _killed(stack: Stack, seconds: int) -> None:
    stack.redis.kill()
    await asyncio.sleep(seconds)
    await asyncio.to_thread(stack.redis.start)


async def _flushed(stack: Stack) -> None:
    async with redis.asyncio.from_url(stack.redis.address) as client:
        await client.flushall()
    await asyncio.sleep(2)
