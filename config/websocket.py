"""Daphne's side of a socket, where it differs from Daphne's own."""

from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

from notifications.allowance import Allowance
from notifications.consumers import FLOODS


class LimitedProtocol(WebSocketProtocol):
    """Holds what comes in to the site's limits, and nothing that goes out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frames = Allowance(settings.SOCKET_FRAMES_PER_MINUTE)

    def onFrameBegin(self) -> None:
        # The consumer counts messages when it comes to them. Until then they pile up in memory,
        # and of pings and of endless fragments it never hears.
        if not self.failedByMe and not self.frames.take():
            self._fail_connection(FLOODS, "too many frames")
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
