"""The ID of the request or socket that a log line belongs to.

Every line has the ID of a request, a socket, or otherwise the process. Requests and sockets take
the ID from the proxy (nginx's `$request_id`, which nginx logs too). The response to a request
contains it, so that people can quote it.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars

from trato.middleware import Middleware

HEADER = "X-Request-ID"
PROCESS = secrets.token_hex(4)
_WELL_FORMED = re.compile(r"[0-9A-Za-z-]{8,64}")

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class RequestId(Middleware):
    """Binds the request's ID for the log. It is one of the outermost middlewares."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = _id(request.headers.get(HEADER, ""))
        request.request_id = name  # type: ignore[attr-defined]
        with bound_contextvars(request=name):
            response = self.get_response(request)
        response[HEADER] = name
        return response


class SocketId:
    """ASGI middleware that binds the socket's ID for the log."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"")
        with bound_contextvars(socket=_id(given.decode("latin1"))):
            await self.application(scope, receive, send)


def _id(given: str) -> str:
    # A client without a proxy can send any ID: reject whatever would break or fill a line.
    return given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)


def add_id(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Add an ID to a log line if none is bound: a processor for structlog."""
    if "request" in event or "socket" in event:
        return event
    # Django logs a failed request again outside of all middleware, with the request.
    request = getattr(event.get("_record"), "request", None)
    name = getattr(request, "request_id", None)
    event |= {"request": name} if name else {"process": PROCESS}
    return event
