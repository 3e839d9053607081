"""PostgreSQL goes down: responses are a clear `unavailable`, nothing is lost, all recovers."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable

import psycopg

from tests.faults.measures import codes, first_after
from tests.faults.report import Row
from tests.faults.scenario import Form
from tests.faults.stack import Stack, pause
from tests.faults.stage import stage

# `not_found` is the response to trespassers; `forbidden` to a repeat of a message that staff have
# rejected since, or that was withdrawn.
EXPECTED = {"unavailable", "not_found", "forbidden"}


async def stopped(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    seconds = form.pick(2, 5)
    name = f"PostgreSQL stop -m immediate, {seconds} s"
    yield await _run(stack, name, _stopped(stack, seconds), must_refuse=True)


async def paused(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    seconds = form.pick(4, 10)
    yield await _run(
        stack, f"PostgreSQL stopped (SIGSTOP) for {seconds} s", pause(stack.postgres, seconds)
    )


async def exhausted(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    seconds = form.pick(4, 10)
    name = f"PostgreSQL: no connection left for {seconds} s"
    yield await _run(stack, name, _exhausted(stack, seconds), must_refuse=True)


async def _run(
    stack: Stack, name: str, fault: Awaitable[None], *, must_refuse: bool = False
) -> Row:
    async with stage(stack) as running:
        running.talk()
        await asyncio.sleep(1)
        began = time.monotonic()
        await fault
        ended = time.monotonic()
        await asyncio.sleep(4)
        await running.settle(patience=30)
        refused = [event for event in running.history.of("refused") if event.at >= began]
        row = Row.of(
            name,
            await running.judge(),
            first_after(running.history, ended, "ack"),
            f"refused: {codes(running.history, 'refused', began)}; "
            f"closed: {codes(running.history, 'closed', began)}; "
            "recovery: until a client's first acknowledgement",
        )
        other = {event.code for event in refused} - EXPECTED
        row.require(not other, f"sends were refused with {other}")
        if must_refuse:
            said = any(event.code == "unavailable" for event in refused)
            row.require(said, "nobody was told `unavailable`")
        alive = all(server.running for server in stack.servers)
        row.require(alive, "a server ended")
        return row


async def _stopped(stack: Stack, seconds: int) -> None:
    await asyncio.to_thread(stack.postgres.stop, signal.SIGQUIT)  # `-m immediate`
    await asyncio.sleep(seconds)
    await asyncio.to_thread(stack.postgres.start)


async def _exhausted(stack: Stack, seconds: int) -> None:
    """End the servers' connections and take all slots before they can reconnect."""
    taken = await asyncio.to_thread(_take_all_connections, stack.postgres.address)
    await asyncio.sleep(seconds)
    for connection in taken:
        connection.close()


def _take_all_connections(address: str) -> list["psycopg.Connection[tuple[object, ...]]"]:
    taken = [psycopg.connect(address, autocommit=True)]
    own = [taken[0].info.backend_pid]
    while True:
        try:
            taken.append(psycopg.connect(address, connect_timeout=2))
        except psycopg.OperationalError:
            ended = taken[0].execute(
                "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND NOT pid = ANY(%s)",
                [own],
            )
            if not ended.fetchall():
                return taken
        else:
            own.append(taken[-1].info.backend_pid)
