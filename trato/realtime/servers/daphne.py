"""Daphne's WebSocket, with this site's limits and a shortcut for complete text frames.

This uses private parts, tested with Daphne 4.2.3, Autobahn 26.10 and Twisted 26.10: the state of
Autobahn's parser for incoming frames, and the buffers of Twisted's connection for outgoing ones. If
a part is missing, we log that once, and frames take the usual path.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import structlog
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from trato.private_api import has_all
from trato.realtime.close_codes import FLOODS
from trato.realtime.token_bucket import TokenBucket

from .asgi import EXTENSION, Take
from .websocket import frames_of, whole_texts

log = structlog.get_logger("trato.server")

PARSER = ("STATE_OPEN", "state", "current_frame", "inside_message", "data", "muted", "last_ping")
BUFFERS = ("connected", "socket", "dataBuffer", "offset", "_tempDataBuffer", "_tempDataLen")


class LimitedProtocol(WebSocketProtocol):
    """Applies the site's limits to incoming frames, but not to outgoing ones."""

    take: Take | None = None  # handles a text, or returns False; see `Outgoing.offer_to`
    floods = False
    _watched: tuple[asyncio.AbstractEventLoop, int] | None = None  # see `_read`

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bucket = TokenBucket(settings.SOCKET_FRAMES_PER_MINUTE)
        self.max_bytes = settings.SOCKET_FRAME_MAX_BYTES
        self.reads_whole_frames = False

    @property
    def extensions(self) -> dict[str, Any]:
        """Our additions to `scope["extensions"]` for the application, see `FrugalServer`."""
        return {EXTENSION: DaphneConnection(self)} if has_all(self.transport, BUFFERS) else {}

    def onOpen(self) -> None:
        super().onOpen()
        # Drop the HTTP channel of the handshake: its request would stay in memory, 5 KB per socket.
        self.transport.unregisterProducer()
        self.reads_whole_frames = has_all(self, PARSER)
        if has_all(self.transport, BUFFERS):
            self.transport.pauseProducing()  # Twisted stops reading
            self._watched = asyncio.get_running_loop(), self.transport.getHandle().fileno()
            self._watched[0].add_reader(self._watched[1], self._read)

    def _read(self) -> None:
        """Read what the client has sent.

        Twisted would create a context for its log each time, which is 4 % of what a message costs
        in Python. Everything but data is left to Twisted.
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
            transport.resumeProducing()  # Twisted gets the same error, and ends the connection
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
        self._stop_watching()  # before the descriptor's number is used again
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        # These are nearly always whole text frames, between two messages: parse them in one go.
        # Autobahn handles everything else, including all errors.
        if self.floods:
            return
        if self.reads_whole_frames and self._is_between_messages():
            texts, data = whole_texts(data, self.max_bytes)
            for text in texts:
                if not self.bucket.consume():
                    self._fail_connection(FLOODS, "too many frames")
                    return
                self._receive(text)
        if data:
            super().dataReceived(data)

    def _receive(self, text: str) -> None:
        if not self.muted:
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
        # and it never sees pings and fragments. Nor do we read the rest of what has arrived, even
        # while the socket is being closed: 64 kB of pings, which arrive with one read, would keep
        # the event loop busy for a second.
        if not self.bucket.consume():
            if not self.failedByMe:
                self._fail_connection(FLOODS, "too many frames")
            self.floods, self.data = True, b""
        super().onFrameBegin()

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        # Not `sendMessage`: it applies the limit for the client's frames, and a page of messages is
        # larger.
        if self.state == self.STATE_OPEN:
            payload = content.encode() if isinstance(content, str) else content
            self.sendFrame(opcode=2 if binary else 1, payload=payload)

    def serverClose(self, code: int | None = None) -> None:
        # Not `sendClose`: it raises for RFC 6455's own codes, such as 1011.
        self.sendCloseFrame(code=code or 1000)


class DaphneConnection:
    """Writes frames to Twisted's connection, whose buffer is unlimited."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol

    def write(self, frames: Sequence[str]) -> None:
        if self._protocol.state != self._protocol.STATE_OPEN:
            return
        transport, data = self._protocol.transport, frames_of(frames)
        # With each write, `transport.write` makes the event loop watch the connection and call
        # back, although the kernel almost always takes everything immediately.
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
        """Return immediately: Twisted sends what it has before it closes."""
