"""The frames that wait for one socket: gathered within a turn, bounded for a slow reader.

Under Daphne they are written to the connection as they go over the wire, already framed: its own
way for each frame (a coroutine, a message, a second encoding, autobahn's bookkeeping) costs more
than all else that a message needs. A frame for a thousand sockets is framed once. Any other ASGI
server is given its messages one by one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

DRAIN_SECONDS = 1.0
FIN_TEXT = 0x81  # RFC 6455, section 5.2: the last and only part of a text message


class Outgoing:
    """What waits to be sent to one socket.

    Args:
        send: the `send` that the ASGI server gave.
    """

    __slots__ = ("_bytes", "_protocol", "_send", "_task", "_waiting")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._protocol = _daphne_protocol(send)
        self._waiting: list[str] = []
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None

    def put(self, text: str) -> None:
        """Send a text frame with the end of this turn of the event loop."""
        self._waiting.append(text)
        if len(self._waiting) == 1 and self._task is None:
            asyncio.get_running_loop().call_soon(self.flush)
        if self._protocol is None:
            self._bytes += len(text)

    def flush(self) -> None:
        """Send now what waits."""
        if not self._waiting:
            return
        if self._protocol is None:
            if self._task is None:
                self._task = asyncio.get_running_loop().create_task(self._send_waiting())
            return
        frames, self._waiting = self._waiting, []
        if self._protocol.state == self._protocol.STATE_OPEN:
            self._protocol.transport.write(b"".join([framed(text) for text in frames]))

    async def drain(self) -> None:
        """Give the server what waits, so that a close may follow; wait no longer than a moment."""
        self.flush()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=DRAIN_SECONDS)

    def unsent_bytes(self) -> int:
        """Bytes that wait in this process because the client does not read.

        Daphne's connection buffers without a bound; other servers wait in `send` themselves.
        """
        if self._protocol is None:
            return self._bytes
        transport = self._protocol.transport
        waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return waiting

    async def _send_waiting(self) -> None:
        try:
            while self._waiting:
                text = self._waiting.pop(0)
                await self._send({"type": "websocket.send", "text": text})
                self._bytes -= len(text)
        except Exception:  # servers differ in what they raise for a connection that has gone
            self._waiting.clear()
        finally:
            self._task = None


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


def _daphne_protocol(send: Send) -> Any:
    """Daphne's connection behind a `send`, which is `partial(handle_reply, protocol)`; or None.

    Only where it writes frames as they are: one that negotiated compression does not.
    """
    for argument in getattr(send, "args", ()):
        transport = getattr(argument, "transport", None)
        if hasattr(transport, "dataBuffer") and hasattr(argument, "STATE_OPEN"):
            return argument if argument._perMessageCompress is None else None
    return None
