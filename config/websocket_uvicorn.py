"""uvicorn's side of a socket, where it differs from uvicorn's own.

For `uvicorn --ws config.websocket_uvicorn:QuickProtocol`; uvicorn is not among the requirements.
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from trato.realtime.servers.websocket import whole_text


class QuickProtocol(WebSocketsSansIOProtocol):
    """Reads a whole text frame between two messages in one go; all else is left to uvicorn."""

    # The consumer's way to take a text at once; False from it: by ASGI's queue then.
    take: Callable[[str], bool] | None = None

    def data_received(self, data: bytes) -> None:
        take = self.take
        if take is not None and self.queue.empty() and self.is_between_messages():
            text = whole_text(data)
            if text is not None and take(text):
                return
        super().data_received(data)

    def is_between_messages(self) -> bool:
        """Whether what comes next is the first byte of a message."""
        if self.conn.state is not OPEN or self.close_sent or self.frames:
            return False
        # Inside a frame the parser waits for a number of bytes; here for whether any will come.
        waiting: Any = self.conn.parser
        while inner := waiting.gi_yieldfrom:
            waiting = inner
        name: str = waiting.gi_code.co_name
        return name == "at_eof"
