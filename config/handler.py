"""Django's ASGI handler, with one thread switch per request.

Django's own handler creates a thread for each request, and switches to it and back for each signal
and between middleware and view. Since everything here is synchronous, that is more work than most
responses need. It also cancels a request whose client has disconnected, while its thread continues:
a message would be stored, but not announced.
"""

import io
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from trato.errors import is_disk_full
from trato.realtime.background import per_loop

from . import uploads
from .form_queue import FormQueue

# In both languages, because finding out the reader's language would take a thread.
BUSY = (
    "Too many requests at once. Try again in a moment.\n"
    "Hay demasiadas peticiones a la vez. Inténtalo de nuevo en un momento.\n"
)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
FOR_OPERATORS = ("/health/", "/metrics")  # answered even if all pages wait for the database
CLIENT_CLOSED_REQUEST = 499  # as nginx logs it
LATER = {"Retry-After": "2", "Content-Type": "text/plain; charset=utf-8"}


class ThreadedHandler(ASGIHandler):
    """Answers each request in one of a few threads, from the first middleware to the last."""

    def __init__(self) -> None:
        super().__init__()
        self._answer_page = _in_threads(self.answer_page, settings.PAGE_THREADS)
        self._answer = _in_threads(self.answer, settings.REQUEST_THREADS)
        self._forms = per_loop(FormQueue)
        self._open = 0  # requests that a thread is answering, or that wait for one

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        except OSError as error:
            if not is_disk_full(error):
                raise
            await self.send_response(self._no_room(scope), send)
            return
        if self._open >= settings.REQUESTS_AT_ONCE_MAX:
            body.close()
            await self.send_response(HttpResponse(BUSY, status=503, headers=LATER), send)
            return
        self._open += 1
        try:
            if scope["path"] in FOR_OPERATORS:
                response = await self._answer(scope, body)
            elif scope["method"] in SAFE_METHODS:
                response = await self._answer_page(scope, body, time.monotonic())
            else:
                async with self._forms().place(scope["path"]) as is_late:
                    response = await self._answer(scope, body, is_late=is_late)
        finally:
            self._open -= 1
        if not response.streaming:
            await self.send_response(response, send)
            return
        async with ThreadSensitiveContext():
            try:
                with suppress(RequestAborted):
                    await self.send_response(response, _paced(scope, send))
            finally:
                await sync_to_async(response.close)()

    def _no_room(self, scope: dict[str, Any]) -> HttpResponseBase:
        """Respond that the body could not be stored. Its text is lost, but browsers have it."""
        from .views import disk_full  # imports models, which aren't ready when this module loads

        request, refusal = self.create_request(scope, io.BytesIO())
        return refusal or HttpResponse(status=400) if request is None else disk_full(request)

    def answer_page(self, scope: dict[str, Any], body: IO[bytes], since: float) -> HttpResponseBase:
        """Answer a request that was queued at `since`, unless its client has disconnected."""
        gone = scope.get("extensions", {}).get(uploads.GONE)
        if gone is not None and gone.is_set():  # perhaps to ask again
            body.close()
            return HttpResponse(status=CLIENT_CLOSED_REQUEST)
        # If all threads wait for the database, each page waits for every page before it.
        is_late = time.monotonic() - since > settings.PAGE_QUEUE_SECONDS
        return self.answer(scope, body, is_late=is_late)

    def answer(
        self, scope: dict[str, Any], body: IO[bytes], *, is_late: bool = False
    ) -> HttpResponseBase:
        """Do everything but read the request and write the response.

        Args:
            is_late: respond with 503 instead of calling the view, see `FriendlyFailures`.
        """
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: HttpResponseBase
        if request is None:
            body.close()
            response = refusal or HttpResponse(status=400)
        else:
            request.is_late = is_late  # type: ignore[attr-defined]
            response = self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # as Django does
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if not response.streaming:
            response.close()  # closes the request's files; the content stays
        return response


def _in_threads(function: Callable[..., HttpResponseBase], number: int) -> Any:
    threads = ThreadPoolExecutor(number, thread_name_prefix=function.__name__)
    return sync_to_async(function, thread_sensitive=False, executor=threads)


def _paced(scope: dict[str, Any], send: Any) -> Callable[[Mapping[str, Any]], Awaitable[None]]:
    """Return a `send` that waits for a slow client, because the server itself doesn't.

    It raises RequestAborted once the client has disconnected.
    """
    room_for_more = scope.get("extensions", {}).get(uploads.ROOM)

    async def paced(message: Mapping[str, Any]) -> None:
        if room_for_more is not None and not await room_for_more():
            raise RequestAborted
        await send(message)

    return paced
