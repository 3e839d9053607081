"""One clock per process that lets every socket look after itself.

One clock, not one timer per socket, so that what the sockets ask of the database in a beat is
asked together (see `gather`).
"""

import asyncio
from typing import Protocol
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings

log = structlog.get_logger("trato.heartbeat")


class Beating(Protocol):
    async def beat(self) -> None: ...


class _Clock:
    def __init__(self) -> None:
        self.sockets: set[Beating] = set()
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        while self.sockets:
            await asyncio.sleep(settings.SOCKET_HEARTBEAT_SECONDS)
            beats = [socket.beat() for socket in tuple(self.sockets)]
            for outcome in await asyncio.gather(*beats, return_exceptions=True):
                if isinstance(outcome, Exception):
                    log.error("beat_failed", exc_info=outcome)


_clocks: WeakKeyDictionary[asyncio.AbstractEventLoop, _Clock] = WeakKeyDictionary()


def remember(socket: Beating) -> None:
    """Let a socket beat until it is forgotten."""
    loop = asyncio.get_running_loop()
    clock = _clocks.setdefault(loop, _Clock())
    clock.sockets.add(socket)
    if clock.task is None or clock.task.done():
        clock.task = loop.create_task(clock.run())


def forget(socket: Beating) -> None:
    """Let a socket beat no more; harmless for one that never did."""
    clock = _clocks.get(asyncio.get_running_loop())
    if clock:
        clock.sockets.discard(socket)
