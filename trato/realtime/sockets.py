"""The server's side of one socket: incoming messages, outgoing frames, and its tasks."""

import asyncio
import contextvars
from collections.abc import Coroutine
from functools import cache, cached_property
from typing import Any

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils import translation

from . import background, metrics
from .close_codes import (
    FLOODS,
    INTERNAL_ERROR,
    NORMAL,
    READS_TOO_SLOWLY,
    SERVICE_RESTART,
    TOO_BIG,
    TRY_AGAIN_LATER,
)
from .outgoing import Outgoing
from .token_bucket import TokenBucket

log = structlog.get_logger("trato.socket")


@cache
def handler_name(event_type: str) -> str:
    """Return the method that handles a message or an event of a type, as Channels names it."""
    return str(get_handler_name({"type": event_type}))


class SocketConsumer(AsyncWebsocketConsumer):
    """A consumer without a channel in the layer, so without a queue and a task that waits for it.

    It waits only for its client. Frames sent within one iteration of the event loop leave together.
    A client that reads too slowly is disconnected.
    """

    user: Any = None  # a row of the user model, once it is known

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bucket = TokenBucket(settings.SOCKET_FRAMES_PER_MINUTE)
        self.closing = False
        self.at_rest = False  # whether no client message is being handled
        self.tasks: set[asyncio.Future[Any]] = set()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.scope, self.base_send = scope, send
        self.out = Outgoing(scope, send)
        self.context = contextvars.copy_context()  # with this socket's ID for the log
        self.log_id = structlog.contextvars.get_contextvars().get("socket")
        with metrics.sockets_open.track_inprogress():
            try:
                while True:
                    self.at_rest = True
                    message = await receive()
                    self.at_rest = False
                    await self.dispatch(message)
            except StopConsumer:
                pass
            finally:
                self.leave_all()
            if self.tasks:  # a stopping process waits for these tasks
                await asyncio.wait(self.tasks)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the handler of a message from the server.

        Channels' version then switches to a database thread to close old connections. Here,
        `run_in_database_thread` does that after each query.
        """
        try:
            await getattr(self, handler_name(message["type"]))(message)
        except StopConsumer:
            raise
        except Exception as error:
            # Channels would end the consumer without closing the socket, which would never get
            # another event.
            await self.fail(error)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the background. If it fails, the socket is closed."""

        async def guarded() -> None:
            try:
                await work
            except Exception as error:
                await self.fail(error)

        self.keep(background.spawn(guarded(), self.context))

    def keep(self, task: "asyncio.Future[Any]") -> None:
        """Make a stopping process wait for a task before it closes this socket."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    @property
    def session_key(self) -> str:
        """The key of the session that opened the socket; empty if there was no session."""
        key: str = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        return key

    @cached_property
    def language(self) -> str:
        """The client's language, chosen as for a page."""
        request = HttpRequest()
        request.COOKIES = self.scope["cookies"]
        headers = dict(self.scope["headers"])
        request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin1")
        return translation.get_language_from_request(request)

    # -- Sending ---------------------------------------------------------------------------------

    def send_frame(self, text: str) -> None:
        """Send a text frame, or close the socket if too much is waiting."""
        if not self.closing and not self.out.put(text):
            self.spawn(self.close(READS_TOO_SLOWLY))

    async def send(
        self, text_data: str | None = None, bytes_data: bytes | None = None, close: bool = False
    ) -> None:
        """Send a frame through Channels' API, after the frames that are waiting."""
        if text_data is None:
            raise ValueError("only text frames are sent")
        self.send_frame(text_data)
        if close:
            await self.close()

    # -- The end ---------------------------------------------------------------------------------

    def leave_all(self) -> None:
        """Let nothing reach the socket from now on."""
        self.closing = True

    async def close(self, code: int = NORMAL, reason: str | None = None) -> None:
        """Send waiting frames, and close the socket."""
        if not self.closing:
            self.leave_all()
            metrics.socket_closed(code)
            # With this socket's ID, because another socket's work may have caused the close.
            user = self.user and self.user.pk
            log.info("socket_closed", code=code, user=user, socket=self.log_id)
            if code != READS_TOO_SLOWLY:
                await self.out.drain()
            await super().close(code, reason)

    async def fail(self, error: Exception) -> None:
        """Close the socket because of an error; the browser connects again."""
        if isinstance(error, DatabaseError | InterfaceError):
            log.warning("database_unavailable", socket=self.log_id)
            await self.close(TRY_AGAIN_LATER)
        else:
            log.error("handler_failed", socket=self.log_id, exc_info=error)
            await self.close(INTERNAL_ERROR)

    async def server_stopping(self, event: dict[str, Any]) -> None:
        """Finish the client's requests, then close, because the process is about to stop."""
        if self.tasks:
            await asyncio.wait(self.tasks)
        await self.close(SERVICE_RESTART)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Pass a frame to `receive`, unless it is too big or there have been too many."""
        text, data = message.get("text"), message.get("bytes")
        size = len(text.encode(errors="replace") if text else data or b"")
        if not self.bucket.consume():
            await self.close(FLOODS)
        elif size > settings.SOCKET_FRAME_MAX_BYTES:
            await self.close(TOO_BIG)
        elif not self.closing:
            await self.receive(text_data=text, bytes_data=data)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if not self.closing:  # otherwise `close` has counted it
            metrics.socket_closed(message["code"])
        await self.disconnect(message["code"])
        raise StopConsumer

    async def disconnect(self, code: int) -> None:
        """Clean up after the client has disconnected."""
        self.leave_all()
