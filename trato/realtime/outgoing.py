"""Collect one socket's frames within an iteration of the event loop."""

import asyncio
from typing import Any

import structlog
from django.conf import settings

from .background import per_loop
from .servers.asgi import Send, Take, connection_of

log = structlog.get_logger("trato.socket")


class Outgoing:
    """One socket's outgoing frames; all frames of one loop iteration leave together.

    Args:
        scope: the socket's ASGI scope.
        send: ASGI's `send`.
    """

    __slots__ = ("_connection", "_unsent_max", "_waiting")

    def __init__(self, scope: dict[str, Any], send: Send) -> None:
        self._connection = connection_of(scope, send)
        self._waiting: list[str] = []
        self._unsent_max = settings.SOCKET_UNSENT_MAX_BYTES

    def offer_to(self, take: Take) -> None:
        """Offer each incoming text to `take` first, if the server supports that.

        If `take` returns False, the text goes to ASGI's queue.
        """
        self._connection.offer_to(take)

    def put(self, text: str) -> bool:
        """Send a text frame at the end of this event loop iteration.

        Returns False, and sends nothing, if too much is waiting already.
        """
        if not self._waiting:
            if self._connection.unsent_bytes() > self._unsent_max:
                return False
            due = _due()
            if not due:
                asyncio.get_running_loop().call_soon(_flush_all, due)
            due.append(self)
        self._waiting.append(text)
        return True

    def flush(self) -> None:
        """Send all waiting frames now."""
        if self._waiting:
            frames, self._waiting = self._waiting, []
            self._connection.write(frames)

    async def drain(self) -> None:
        """Let waiting frames leave before a close; wait only for a moment."""
        self.flush()
        await self._connection.drain()


_due: per_loop[list[Outgoing]] = per_loop(list)  # sockets with frames in this iteration


def _flush_all(due: list[Outgoing]) -> None:
    now = due.copy()
    due.clear()
    for outgoing in now:
        try:
            outgoing.flush()
        except Exception:  # the others get their frames all the same
            log.exception("not_sent")
