"""Daphne's WebSocket, with this site's limits and a shorter way for whole text frames.

The shorter ways use parts of others that are not public, tested with Daphne 4.2.3, Autobahn 26.10
and Twisted 26.10: in, the state of Autobahn's parser; out, the buffers of Twisted's connection.
Where one of them is missing, that is logged once and the frames go the servers' own way.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import structlog
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from trato.realtime.close_codes import FLOODS
from trato.realtime.token_bucket import TokenBucket

from .asgi import EXTENSION, Take
from .websocket import frames_of, whole_text

log = structlog.get_logger("trato.server")

PARSER = ("STATE_OPEN", "state", "current_frame", "inside_message", "data", "muted", "last_ping")
BUFFERS = ("connected", "socket", "dataBuffer", "offset", "_tempDataBuffer", "_tempDataLen")


class LimitedProtocol(WebSocketProtocol):
    """Holds incoming frames to the site's limits, but not outgoing ones."""

    take: Take | None = None  # takes a text at once, or returns False; see `Outgoing.offer_to`
    floods = False
    _watched: tuple[asyncio.AbstractEventLoop, int] | None = None  # see `_read`

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bucket = TokenBucket(settings.SOCKET_FRAMES_PER_MINUTE)
        self.max_bytes = settings.SOCKET_FRAME_MAX_BYTES
        self.reads_whole_frames = False

    @property
    def extensions(self) -> dict[str, Any]:
        """What the application finds in `scope["extensions"]`, see `FrugalServer`."""
        return {EXTENSION: DaphneConnection(self)} if has_all(self.transport, BUFFERS) else {}

    def onOpen(self) -> None:
        super().onOpen()
        # The HTTP channel that took the handshake. Its request would stay in memory, 5 KB of it.
        self.transport.unregisterProducer()
        self.reads_whole_frames = has_all(self, PARSER)
        if has_all(self.transport, BUFFERS):
            self.transport.pauseProducing()  # Twisted stops reading
            self._watched = asyncio.get_running_loop(), self.transport.getHandle().fileno()
            self._watched[0].add_reader(self._watched[1], self._read)

    def _read(self) -> None:
        """Read what the client has sent.

        Twisted would make a context for its log each time, which is 4 % of what a message costs
        in Python. Whatever is not data is left to it.
        """
        transport = self.transport
        if transport.disconnecting:
            self._stop_watching()
            return
        try:
            data = transport.getHandle().recv(transport.bufferSize)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._stop_watching()
            transport.resumeProducing()  # Twisted meets the same, and ends the connection
            return
        try:
            self.dataReceived(data)
        except Exception:
            log.exception("reading_failed")
            transport.abortConnection()

    def _stop_watching(self) -> None:
        if self._watched is not None:
            (loop, descriptor), self._watched = self._watched, None
            loop.remove_reader(descriptor)

    def connectionLost(self, reason: Any) -> None:
        self._stop_watching()  # before anybody gets the descriptor's number again
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        # Nearly always exactly one text frame, between two messages. That is read here in one go.
        # Everything else, and everything that is wrong, is left to Autobahn.
        if self.floods:
            return
        text = (
            whole_text(data, self.max_bytes)
            if self.reads_whole_frames and self._is_between_messages()
            else None
        )
        if text is None:
            super().dataReceived(data)
        elif not self.bucket.consume():
            self._fail_connection(FLOODS, "too many frames")
        elif not self.muted:
            self.last_ping = time.time()  # the client is alive
            take = self.take if self.application_queue.empty() else None
            if take is None or not take(text):
                self.application_queue.put_nowait({"type": "websocket.receive", "text": text})

    def _is_between_messages(self) -> bool:
        return (
            self.state == self.STATE_OPEN
            and self.current_frame is None
            and not self.inside_message
            and not self.data
        )

    def onFrameBegin(self) -> None:
        # The consumer counts messages when it gets to them. Until then they would fill the memory,
        # and it never learns of pings and fragments. The rest of what has arrived is not read
        # either, even while the socket is being closed: 64 kB of pings, which arrive with one
        # read, would keep the event loop busy for a second.
        if not self.bucket.consume():
            if not self.failedByMe:
                self._fail_connection(FLOODS, "too many frames")
            self.floods, self.data = True, b""
        super().onFrameBegin()

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        # Not `sendMessage`: it limits our frames to the size of the client's, and a page of
        # messages is larger.
        if self.state == self.STATE_OPEN:
            payload = content.encode() if isinstance(content, str) else content
            self.sendFrame(opcode=2 if binary else 1, payload=payload)

    def serverClose(self, code: int | None = None) -> None:
        # Not `sendClose`: it raises for RFC 6455's own codes, such as 1011.
        self.sendCloseFrame(code=code or 1000)


class DaphneConnection:
    """Writes frames to Twisted's connection, whose buffer has no limit of its own."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def write(self, frames: Sequence[str]) -> None:
        if self._protocol.state != self._protocol.STATE_OPEN:
            return
        transport, data = self._protocol.transport, frames_of(frames)
        # `transport.write` would have the event loop watch the connection and call back, for each
        # write, although the system almost always takes everything at once.
        if transport.connected and not (transport.dataBuffer or transport._tempDataBuffer):
            try:
                sent = transport.socket.send(data)
            except OSError:  # full or broken: Twisted will notice
                sent = 0
            data = data[sent:]
        if data:
            transport.write(data)

    def offer_to(self, take: Take) -> None:
        self._protocol.take = take

    def unsent_bytes(self) -> int:
        transport = self._protocol.transport
        unsent: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return unsent

    async def drain(self) -> None:
        """Twisted sends what it has before it closes."""


def has_all(thing: Any, names: tuple[str, ...]) -> bool:
    """Whether an object has some attributes; those that are missing are logged once."""
    missing = tuple(name for name in names if not hasattr(thing, name))
    if missing:
        _log_missing(f"{type(thing).__module__}.{type(thing).__qualname__}", missing)
    return not missing


@cache
def _log_missing(owner: str, missing: tuple[str, ...]) -> None:
    log.warning("slow_way", owner=owner, missing=missing)
