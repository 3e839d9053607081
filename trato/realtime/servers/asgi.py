"""How each ASGI server takes the frames of a socket.

ASGI's own way is a coroutine, a message and an encoding for each frame and socket. Where the
connection behind a server's `send` is known, whole frames are written to it as they go over the
wire: a frame for a thousand sockets is framed once, and the frames of a turn are one write.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

Send = Callable[[dict[str, Any]], Awaitable[None]]
Take = Callable[[str], bool]

FIN_TEXT = 0x81  # RFC 6455, section 5.2: the last and only part of a text message
DRAIN_SECONDS = 1.0


class Writer(Protocol):
    """Takes the frames of one socket."""

    def write(self, frames: Sequence[str]) -> None:
        """Send frames, in order; a connection that has gone takes them too."""

    def offer_to(self, take: Take) -> None:
        """Offer each text to `take` before it goes ASGI's way, where the server can do so."""

    def unsent_bytes(self) -> int:
        """What waits in this process because the client does not read."""

    async def drain(self) -> None:
        """Let what was written go before a close; wait no longer than a moment."""


def writer_for(send: Send) -> Writer:
    """The best way to send to a socket.

    Args:
        send: what the ASGI server gave. Daphne's is `partial(handle_reply, protocol)`, uvicorn's
            a method of its protocol.
    """
    for behind in (*getattr(send, "args", ()), getattr(send, "__self__", None)):
        if hasattr(behind, "STATE_OPEN") and hasattr(behind.transport, "dataBuffer"):
            return DaphneWriter(behind)  # a frame without compression is one in any connection
        if hasattr(behind, "handshake_complete") and hasattr(behind, "close_sent"):
            return UvicornWriter(behind)
    return AsgiWriter(send)


class DaphneWriter:
    """Writes to Twisted's connection, whose buffer has no bound of its own."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def write(self, frames: Sequence[str]) -> None:
        if self._protocol.state != self._protocol.STATE_OPEN:
            return
        transport, data = self._protocol.transport, on_the_wire(frames)
        # `write` alone would have the event loop watch the connection and call back, for every
        # frame, though the system almost always takes it at once.
        if transport.connected and not (transport.dataBuffer or transport._tempDataBuffer):
            with contextlib.suppress(OSError):  # it is full, or broken: Twisted sees to that
                data = data[transport.socket.send(data) :]
        if data:
            transport.write(data)

    def offer_to(self, take: Take) -> None:
        self._protocol.take = take  # `trato.realtime.servers.daphne`

    def unsent_bytes(self) -> int:
        transport = self._protocol.transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return waiting

    async def drain(self) -> None:
        """Twisted sends what it has before it closes."""


class UvicornWriter:
    """Writes to asyncio's transport."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def write(self, frames: Sequence[str]) -> None:
        protocol = self._protocol
        if not (protocol.close_sent or protocol.transport.is_closing()):
            protocol.transport.write(on_the_wire(frames))

    def offer_to(self, take: Take) -> None:
        self._protocol.take = take  # `config.websocket_uvicorn`; uvicorn's own never looks there

    def unsent_bytes(self) -> int:
        waiting: int = self._protocol.transport.get_write_buffer_size()
        return waiting

    async def drain(self) -> None:
        """asyncio sends what it has before it closes."""


class AsgiWriter:
    """Any other server is given its messages one by one; it waits in `send` for the client."""

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
            self._task = asyncio.get_running_loop().create_task(self._send_waiting())

    def offer_to(self, take: Take) -> None:
        """ASGI has no such way."""

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
        except Exception:  # servers differ in what they raise for a connection that has gone
            self._waiting.clear()
        finally:
            self._task = None


def on_the_wire(frames: Sequence[str]) -> bytes:
    """Some texts as the WebSocket frames that a server sends."""
    return framed(frames[0]) if len(frames) == 1 else b"".join(map(framed, frames))


@lru_cache(maxsize=256)
def framed(text: str) -> bytes:
    """A text as one unmasked WebSocket frame (RFC 6455, section 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((FIN_TEXT, size)) + payload
    if size < 2**16:
        return bytes((FIN_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((FIN_TEXT, 127)) + size.to_bytes(8, "big") + payload
