"""Daphne's side of a socket, where it differs from Daphne's own."""

import time
from collections.abc import Callable
from typing import Any

from daphne.server import twisted_loop
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from trato.realtime.close_codes import FLOODS
from trato.realtime.token_bucket import TokenBucket

from .websocket import whole_text


class LimitedProtocol(WebSocketProtocol):
    """Holds what comes in to the site's limits, and nothing that goes out.

    What comes in is nearly always one whole text frame, between two messages. That case is read
    here in one go; anything else, also all that is wrong, is left to Autobahn.
    """

    # The consumer's way to take a text at once; False from it: by ASGI's queue then.
    take: Callable[[str], bool] | None = None
    floods = False  # nothing is read any more

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frames = TokenBucket(settings.SOCKET_FRAMES_PER_MINUTE)

    def onOpen(self) -> None:
        super().onOpen()
        # Without the context of Twisted's log, which it would set up for each read.
        transport, reactor = self.transport, self.transport.reactor
        twisted_loop.add_reader(transport.fileno(), reactor._readOrWrite, transport, True)

    def dataReceived(self, data: bytes) -> None:
        if self.floods:
            return
        between_messages = (
            self.state == self.STATE_OPEN
            and self.current_frame is None
            and not self.inside_message
            and not self.data
        )
        text = whole_text(data) if between_messages else None
        if text is None:
            super().dataReceived(data)
        elif not self.frames.consume():
            self._fail_connection(FLOODS, "too many frames")
        elif not self.muted:
            self.last_ping = time.time()  # the client is alive
            take = self.take if self.application_queue.empty() else None
            if take is None or not take(text):
                self.application_queue.put_nowait({"type": "websocket.receive", "text": text})

    def onFrameBegin(self) -> None:
        # The consumer counts messages when it comes to them. Until then they pile up in memory,
        # and of pings and of endless fragments it never hears.
        # Not read to their end either, also while it is being closed: 64 KB of pings, which come
        # with one read, take the event loop a second.
        if not self.frames.consume():
            if not self.failedByMe:
                self._fail_connection(FLOODS, "too many frames")
            self.floods, self.data = True, b""
        super().onFrameBegin()

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        # Not `sendMessage`: it would hold our frames to the size of those that we take, and a
        # page of messages is larger.
        if self.state == self.STATE_OPEN:
            payload = content.encode() if isinstance(content, str) else content
            self.sendFrame(opcode=2 if binary else 1, payload=payload)

    def serverClose(self, code: int | None = None) -> None:
        # Not `sendClose`: it raises for RFC 6455's own codes, such as 1011.
        self.sendCloseFrame(code=code or 1000)
