"""One clock per process that looks after all sockets, some of them every two seconds.

Not one timer per socket: what the sockets need of the database is asked for together, and no
moment has to serve all of them.
"""

import asyncio
from contextvars import Context
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings

log = structlog.get_logger("trato.heartbeat")

TICK_SECONDS = 2.0


class _Clock:
    """Goes round all sockets once in `SOCKET_HEARTBEAT_SECONDS`, each at its own hour."""

    def __init__(self) -> None:
        around = settings.SOCKET_HEARTBEAT_SECONDS
        self.tick = min(TICK_SECONDS, around)
        self.hours: list[set[Any]] = [set() for _ in range(max(1, round(around / self.tick)))]
        self.now = 0  # the hour that has just passed
        self.hour_of: dict[Any, set[Any]] = {}
        self.task: asyncio.Task[None] | None = None

    def add(self, socket: Any) -> None:
        # Of the emptiest hours the one that is furthest off: it was looked after just now.
        number = len(self.hours)
        order = [self.hours[(self.now - passed) % number] for passed in range(number)]
        self.hour_of[socket] = hour = min(order, key=len)
        hour.add(socket)

    def discard(self, socket: Any) -> None:
        self.hour_of.pop(socket, set()).discard(socket)

    async def run(self) -> None:
        while self.hour_of:
            await asyncio.sleep(self.tick)
            self.now = (self.now + 1) % len(self.hours)
            if hour := self.hours[self.now]:
                await self.beat(list(hour))

    async def beat(self, due: list[Any]) -> None:
        try:
            await type(due[0]).beat(due)
        except Exception:
            log.exception("beat_failed")


_clocks: WeakKeyDictionary[asyncio.AbstractEventLoop, _Clock] = WeakKeyDictionary()


def remember(socket: Any) -> None:
    """Let a socket beat until it is forgotten: its class's `beat(sockets)` is called with it."""
    loop = asyncio.get_running_loop()
    clock = _clocks.setdefault(loop, _Clock())
    clock.add(socket)
    if clock.task is None or clock.task.done():
        # Its log lines are not about the socket that came first.
        clock.task = loop.create_task(clock.run(), context=Context())


def forget(socket: Any) -> None:
    """Let a socket beat no more; harmless for one that never did."""
    clock = _clocks.get(asyncio.get_running_loop())
    if clock:
        clock.discard(socket)
