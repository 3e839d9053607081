"""Visit all sockets of a process in turn, a few of them every two seconds.

A visit calls `beat` of the consumer's class, which repairs what a lost event left wrong: sockets
whose session has ended, groups that a socket should leave, and whatever subclasses add.

One timing wheel instead of one timer per socket: sockets in the same slot share queries, and the
slots spread the work evenly.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, TypeVar

import structlog
from django.conf import settings

from .background import per_loop, spawn

log = structlog.get_logger("trato.heartbeat")

TICK_SECONDS = 2.0

T = TypeVar("T")


class TimingWheel:
    """Visits each socket once in `SOCKET_HEARTBEAT_SECONDS`, one slot of sockets per tick."""

    def __init__(self) -> None:
        around = settings.SOCKET_HEARTBEAT_SECONDS
        self.tick = min(TICK_SECONDS, around)
        self.slots: list[set[Any]] = [set() for _ in range(max(1, round(around / self.tick)))]
        self.current = 0  # the slot visited last
        self.slot_of: dict[Any, set[Any]] = {}
        self.task: asyncio.Task[None] | None = None

    def add(self, socket: Any) -> None:
        # Of the slots with the fewest sockets, choose the one visited last: a new socket has just
        # been checked.
        number = len(self.slots)
        order = [self.slots[(self.current - passed) % number] for passed in range(number)]
        self.slot_of[socket] = slot = min(order, key=len)
        slot.add(socket)
        if self.task is None or self.task.done():
            self.task = spawn(self.run())

    def discard(self, socket: Any) -> None:
        self.slot_of.pop(socket, set()).discard(socket)

    async def run(self) -> None:
        while self.slot_of:
            await asyncio.sleep(self.tick)
            self.current = (self.current + 1) % len(self.slots)
            await self.beat(self.slots[self.current])

    async def beat(self, sockets: Iterable[Any]) -> None:
        for consumer_class, some in by_class(sockets).items():
            try:
                await consumer_class.beat(some)
            except Exception:
                log.exception("beat_failed")


def by_class(sockets: Iterable[T]) -> dict[type[T], list[T]]:
    """Sort sockets by the class of their consumer."""
    sockets_of: dict[type[T], list[T]] = {}
    for socket in sockets:
        sockets_of.setdefault(type(socket), []).append(socket)
    return sockets_of


_wheel = per_loop(TimingWheel)


def add(socket: Any) -> None:
    """Call `beat(sockets)` of a socket's class at regular intervals, until `discard`."""
    _wheel().add(socket)


def discard(socket: Any) -> None:
    """Stop visiting a socket; does nothing if it was never added."""
    _wheel().discard(socket)
