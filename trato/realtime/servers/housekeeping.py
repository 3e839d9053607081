"""Daphne's periodic connection checks, made cheap for thousands of sockets.

By default Daphne visits all connections every second to remove finished ones, and every other
second for timeouts, and pings each socket every 20 s: 8 % of a core at 5,000 idle sockets. This
overrides methods of Daphne's `Server` that are not documented, and uses its `connections` and
`handle_reply`; tested with Daphne 4.2.3.
"""

import asyncio
from functools import partial
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from twisted.internet import reactor as _reactor

reactor: Any = _reactor  # mypy can't analyse this untyped module

TIMEOUTS_SECONDS = 20  # between two checks for a hanging handshake or request
# Our own heartbeat keeps proxies from closing the sockets, and the kernel detects a dead
# connection, which acknowledges nothing.
PING_SECONDS = 600


class FrugalServer(Server):
    """A Daphne that checks its connections less often."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, ping_interval=PING_SECONDS, **kwargs)
        self._ending: set[Any] = set()  # connections whose client or application has ended
        self._timed = 0

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> "MessageQueue | None":
        """Start a connection's application, and return its message queue."""
        if extensions := getattr(protocol, "extensions", None):  # of `http_daphne.LimitedRequest`
            scope["extensions"] = extensions
        scope.setdefault("asgi", {"version": "3.0"})
        queue = MessageQueue()
        answer = partial(self.handle_reply, protocol)
        application = self.application(scope=scope, receive=queue.get, send=answer)
        if protocol not in self.connections:
            return None
        task = asyncio.ensure_future(application)
        self.connections[protocol]["application_instance"] = task
        task.add_done_callback(lambda _done: self._ending.add(protocol))
        return queue

    def protocol_disconnected(self, protocol: Any) -> None:
        super().protocol_disconnected(protocol)
        self._ending.add(protocol)

    def application_checker(self) -> None:
        # Pass only those connections to Daphne's own method that it may have to deal with. It kills
        # applications that run for 10 s after their client has left. A request's thread can't be
        # killed, and all its waits are bounded, so requests may finish.
        everybody: dict[Any, dict[str, Any]] = self.connections  # type: ignore[has-type]
        shown = {one for one in self._ending & everybody.keys() if not _works(one, everybody[one])}
        self.connections = {one: everybody[one] for one in shown}
        try:
            super().application_checker()
        finally:
            for gone in shown - self.connections.keys():
                everybody.pop(gone, None)
            self._ending &= everybody.keys()
            self.connections = everybody

    def timeout_checker(self) -> None:
        self._timed += 1
        if self._timed % (TIMEOUTS_SECONDS // 2):
            reactor.callLater(2, self.timeout_checker)
        else:
            super().timeout_checker()


class MessageQueue:
    """A queue with one reader, an application. It takes 3 KB less than asyncio's queue."""

    __slots__ = ("_arrived", "_messages")

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._arrived: asyncio.Future[None] | None = None  # while the application waits

    def put_nowait(self, message: dict[str, Any]) -> None:
        """Add a message and wake the application."""
        self._messages.append(message)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def empty(self) -> bool:
        """Whether the application has taken all messages."""
        return not self._messages

    async def get(self) -> dict[str, Any]:
        """Wait for the next message and take it."""
        while not self._messages:
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        return self._messages.pop(0)


def _works(protocol: Any, details: dict[str, Any]) -> bool:
    """Whether this is a request that is still being processed."""
    application = details.get("application_instance")
    return isinstance(protocol, WebRequest) and application is not None and not application.done()
