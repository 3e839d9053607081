"""Write a socket's frames, either directly to the server's connection or through ASGI.

ASGI needs a coroutine, a message and an encoding for each frame and socket. A server that hands
over its connection in `scope["extensions"]` gets complete WebSocket frames: a frame for a thousand
sockets is encoded once, and frames that are sent together are one write.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, cast

from trato.realtime.background import spawn

Send = Callable[[dict[str, Any]], Awaitable[None]]
Take = Callable[[str], bool]

EXTENSION = "trato.connection"
DRAIN_SECONDS = 1.0


class Connection(Protocol):
    """Takes the frames of one socket."""

    def write(self, frames: Sequence[str]) -> None:
        """Send frames in order; do nothing if the client has disconnected."""

    def offer_to(self, take: Take) -> None:
        """Offer each incoming text to `take`, if the server can; see `Outgoing.offer_to`."""

    def unsent_bytes(self) -> int:
        """The number of bytes waiting in this process because the client doesn't read."""

    async def drain(self) -> None:
        """Flush written frames before the socket is closed; wait only briefly."""


def connection_of(scope: dict[str, Any], send: Send) -> Connection:
    """Return the connection that the server provides, or one that uses ASGI's `send`."""
    extensions = scope.get("extensions") or {}
    return cast(Connection, extensions.get(EXTENSION)) or AsgiConnection(send)


class AsgiConnection:
    """Sends messages one by one through ASGI, on any server; the server waits for the client."""

    __slots__ = ("_bytes", "_send", "_task", "_waiting")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: list[str] = []
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None

    def write(self, frames: Sequence[str]) -> None:
        self._waiting.extend(frames)
        self._bytes += sum(map(len, frames))
        if self._task is None:
            self._task = spawn(self._send_waiting())

    def offer_to(self, take: Take) -> None:
        """Do nothing: ASGI doesn't support this."""

    def unsent_bytes(self) -> int:
        return self._bytes

    async def drain(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task], timeout=DRAIN_SECONDS)

    async def _send_waiting(self) -> None:
        try:
            while self._waiting:
                frames, self._waiting = self._waiting, []
                for text in frames:
                    await self._send({"type": "websocket.send", "text": text})
                    self._bytes -= len(text)
        except Exception:  # servers raise different errors once the client has gone
            self._waiting.clear()
        finally:
            self._task = None
