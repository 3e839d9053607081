"""One of two servers is killed at a named point, again and again, while everybody talks."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

from deploy.services import Server
from tests.faults.crashes import POINTS
from tests.faults.report import Row
from tests.faults.scenario import Form
from tests.faults.stack import Stack
from tests.faults.stage import CALM, PAUSE, Stage, stage

DOOMED = 0  # the server that is killed; the other one stays
NOTICE = 0.3  # seconds in which its clients notice that it is gone
NGINX_FORGIVES = 2.5  # seconds until nginx retries a failed server
PATIENCE = 30.0  # seconds until the point must have been reached


async def play(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    rounds = form.pick(1, 13)  # 52 kills in the long form
    passes = form.pick((1, 6), (3, 12))  # of a point, before the server dies there
    async with stage(stack, shoppers=8) as running:
        running.talk(pause=form.pick(CALM, PAUSE))
        recovery: dict[str, list[float]] = {point: [] for point in POINTS}
        for number in range(rounds * len(POINTS)):
            point = POINTS[number % len(POINTS)]
            recovery[point].append(await _kill_one(running, point, random.randint(*passes)))
        await running.settle()
        row = Row.of(
            f"kill -9 one of two servers, {rounds * len(POINTS)} times",
            await running.judge(),
            [seconds for times in recovery.values() for seconds in times],
            "; ".join(
                f"{point.replace('_', ' ')} {len(times)}×, worst {max(times):.2f} s"
                for point, times in recovery.items()
            )
            + "; recovery: until all clients are live again",
        )
        yield row


async def _kill_one(running: Stage, point: str, passes: int) -> float:
    """Start a server that is going to die, let clients move to it, and time the recovery."""
    stack = running.stack
    stack.start_server(DOOMED, {"FAULTS_CRASH": f"{point}:{passes}"})
    await stack.wait_for_server(DOOMED)
    await running.all_live()
    death = asyncio.create_task(asyncio.to_thread(_death_of, stack.servers[DOOMED]))
    while not death.done():
        for client in random.sample(list(running.clients.values()), len(running.clients) // 2):
            client.reload()  # nginx sends them to the server with fewer connections
        await asyncio.wait({death}, timeout=NGINX_FORGIVES)
    died = await death
    await asyncio.sleep(NOTICE)
    await running.all_live()
    back = [event.at for event in running.history.of("live") if event.at > died]
    return max(back, default=died) - died


def _death_of(server: Server) -> float:
    """Return when a server dies; runs in a thread, because the clients keep the loop busy."""
    deadline = time.monotonic() + PATIENCE
    while server.running:
        if time.monotonic() > deadline:
            raise TimeoutError("the server was not killed")
        time.sleep(0.005)
    return time.monotonic()
