"""A WebSocket client that reconnects, with full jitter, until the server ends the session."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

FINAL = {"4401", "4403"}  # no session, suspended: after these, a client does not reconnect
FIRST_DELAY = 0.1  # seconds; browsers start with 0.5
LONGEST_DELAY = 2.0

Address = Callable[[], str]


class ReconnectingSocket:
    """The connection of one tab; subclasses say what frames mean.

    Args:
        address: called for each connection, so that a client may get another process.
        cookie: the cookie of the session.
        silence: seconds without a frame after which the connection counts as broken.
        randomness: of the delays.
    """

    def __init__(
        self, address: Address, cookie: str, silence: float, randomness: random.Random
    ) -> None:
        self.ended = False  # has been told not to reconnect
        self.failures = 0
        self._address = address
        self._cookie = cookie
        self._silence = silence
        self._randomness = randomness
        self._socket: ClientConnection | None = None
        self._may_connect = asyncio.Event()
        self._may_connect.set()

    async def _receive_frame(self, frame: dict[str, Any], size: int) -> None:
        """Process a frame of this many characters."""
        raise NotImplementedError

    def _lost(self, code: str) -> None:
        """Handle the end of a connection, with a close code or the name of an error."""

    def leave(self) -> None:
        """Disconnect until `reconnect`."""
        self._may_connect.clear()
        self._hang_up()

    def reconnect(self) -> None:
        self.failures = 0
        self._may_connect.set()

    def move(self, address: Address) -> None:
        """Use another URL from the next connection on."""
        self._address = address

    def reload(self) -> None:
        """Disconnect and connect again."""
        self.failures = 0
        self._hang_up()

    async def run(self) -> None:
        """Stay connected until cancelled or told not to reconnect."""
        while not self.ended:
            await self._may_connect.wait()
            code = await self._connect()
            self.ended = code in FINAL
            if self._socket:
                self._lost(code)
            self._socket = None
            if not self.ended:
                ceiling = min(LONGEST_DELAY, FIRST_DELAY * 2**self.failures)
                self.failures += 1
                await asyncio.sleep(self._randomness.uniform(0, ceiling))

    async def _connect(self) -> str:
        """Keep one connection, from the handshake to its end; return the close code."""
        try:
            async with connect(
                f"{self._address()}/ws/",
                origin="http://127.0.0.1",  # type: ignore[arg-type]
                additional_headers={"Cookie": f"sessionid={self._cookie}"},
                compression=None,
                ping_interval=None,
                open_timeout=5,
                close_timeout=1,
                max_queue=None,
                proxy=None,
            ) as socket:
                self._socket = socket
                try:
                    while True:
                        async with asyncio.timeout(self._silence):
                            text = await socket.recv()
                        await self._receive_frame(json.loads(text), len(text))
                except TimeoutError:
                    socket.transport.abort()
                    return "silence"
                except ConnectionClosed as closed:
                    return str(closed.rcvd.code if closed.rcvd else 1006)
        except (OSError, WebSocketException, TimeoutError) as error:
            return type(error).__name__

    def _hang_up(self) -> None:
        if self._socket:
            self._socket.transport.abort()

    async def _write(self, **frame: object) -> None:
        if self._socket:
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps(frame))
