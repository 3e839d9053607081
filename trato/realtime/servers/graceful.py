"""Shut down gracefully: finish work in progress, and don't make all sockets reconnect at once.

On SIGTERM or Ctrl-C a process stops accepting connections, closes its sockets with 1012 a few at a
time, lets requests finish, and exits with 0. On a second signal it exits immediately. Uses the
`connections` of Daphne's `Server`, tested with Daphne 4.2.3.
"""

import asyncio
import math
import os
import signal
import threading
from typing import Any

import structlog
from daphne.server import twisted_loop
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import defer

from .housekeeping import FrugalServer

log = structlog.get_logger("trato.server")

TICK = 0.1  # seconds between two batches


class LeavingServer(FrugalServer):
    """A Daphne that shuts down gracefully."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, signal_handlers=False, **kwargs)
        self._ports: list[Any] = []
        self._leaving: asyncio.Task[None] | None = None

    def leave_when_told(self) -> None:
        """Handle the two signals that stop a process; call it before the loop runs."""
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, self.leave)

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        super().listen_success(port)

    def leave(self) -> None:
        """Start the shutdown; on the second call, stop immediately."""
        if self._leaving is not None:
            self.stop()
            return
        log.info("leaving", connections=len(self.connections))
        _exit_after(settings.SHUTDOWN_SECONDS + 2)
        self._leaving = twisted_loop.create_task(self._leave())

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(settings.SHUTDOWN_SECONDS):
                for port in self._ports:
                    await defer.maybeDeferred(port.stopListening).asFuture(twisted_loop)
                await self._send_away()
                while self._busy():
                    await asyncio.sleep(TICK)
        except TimeoutError:
            log.warning("left_behind", connections=len(self._busy()))
        self.stop()

    async def _send_away(self) -> None:
        """Close the sockets in batches, over `SHUTDOWN_SPREAD_SECONDS` if there are thousands.

        The request goes through each consumer's queue, so the consumer first finishes what its
        client has sent.
        """
        stopping: set[WebSocketProtocol] = set()
        batch = 1
        while waiting := [one for one in self._sockets() if one not in stopping]:
            ticks = max(1, settings.SHUTDOWN_SPREAD_SECONDS / TICK)
            batch = max(batch, math.ceil(len(waiting) / ticks))
            for socket in waiting[:batch]:
                stopping.add(socket)
                socket.application_queue.put_nowait({"type": "server.stopping"})
            await asyncio.sleep(TICK)

    def _sockets(self) -> list[WebSocketProtocol]:
        return [
            one
            for one in self._busy()
            if isinstance(one, WebSocketProtocol) and hasattr(one, "application_queue")
        ]

    def _busy(self) -> list[Any]:
        """Return requests and sockets that are still open or whose application is still running."""
        return [protocol for protocol, details in self.connections.items() if _goes_on(details)]


def _goes_on(connection: dict[str, Any]) -> bool:
    application = connection.get("application_instance")
    return "disconnected" not in connection or bool(application and not application.done())


def _exit_after(seconds: float) -> None:
    """Exit after some seconds even if a thread hangs, for example on a silent database."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
