"""Collect the frames for one socket within an iteration of the event loop."""

import asyncio
from typing import Any

from .servers.asgi import Send, Take, connection_of


class Outgoing:
    """The frames for one socket; those of one iteration of the event loop leave together.

    Args:
        scope: the socket's ASGI scope.
        send: ASGI's `send`.
    """

    __slots__ = ("_connection", "_waiting")

    def __init__(self, scope: dict[str, Any], send: Send) -> None:
        self._connection = connection_of(scope, send)
        self._waiting: list[str] = []

    def offer_to(self, take: Take) -> None:
        """Pass each text that arrives to `take` first, if the server can do that.

        If `take` returns False, the text goes to ASGI's queue.
        """
        self._connection.offer_to(take)

    def put(self, text: str) -> None:
        """Send a text frame at the end of this iteration of the event loop."""
        self._waiting.append(text)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Send what is waiting now."""
        if self._waiting:
            frames, self._waiting = self._waiting, []
            self._connection.write(frames)

    def unsent_bytes(self) -> int:
        """The size of what waits in this process because the client doesn't read."""
        return self._connection.unsent_bytes()

    async def drain(self) -> None:
        """Let what is waiting leave before a close; wait only for a moment."""
        self.flush()
        await self._connection.drain()
