"""The frames that wait for one socket, gathered within a turn of the event loop."""

import asyncio

from .servers.asgi import Send, Take, writer_for


class Outgoing:
    """What is to be sent to one socket: all frames of a turn leave together.

    Args:
        send: the `send` that the ASGI server gave.
    """

    __slots__ = ("_waiting", "_writer")

    def __init__(self, send: Send) -> None:
        self._writer = writer_for(send)
        self._waiting: list[str] = []

    def offer_to(self, take: Take) -> None:
        """Let `take` have each text that comes in, at once, where the server can do so.

        It answers whether it took the text; else that goes ASGI's way.
        """
        self._writer.offer_to(take)

    def put(self, text: str) -> None:
        """Send a text frame with the end of this turn of the event loop."""
        self._waiting.append(text)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Send now what waits."""
        if self._waiting:
            frames, self._waiting = self._waiting, []
            self._writer.write(frames)

    def unsent_bytes(self) -> int:
        """What waits in this process because the client does not read."""
        return self._writer.unsent_bytes()

    async def drain(self) -> None:
        """Let what waits go before a close; wait no longer than a moment."""
        self.flush()
        await self._writer.drain()
