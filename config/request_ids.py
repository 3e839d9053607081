"""Which request or which socket a line of the log belongs to.

Every line carries the id of one of them, or of the process where it is about neither. Both have
the id that the proxy gave (nginx's `$request_id`, which is in nginx's log too); a request also
tells it in its answer, so that a person can quote it.
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
    """One of Django's outermost middlewares: what is logged during a request has its id."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = _id(request.headers.get(HEADER, ""))
        request.request_id = name  # type: ignore[attr-defined]
        with bound_contextvars(request=name):
            response = self.get_response(request)
        response[HEADER] = name
        return response


class SocketId:
    """ASGI middleware: what is logged while a socket is served has its id."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"")
        with bound_contextvars(socket=_id(given.decode("latin1"))):
            await self.application(scope, receive, send)


def _id(given: str) -> str:
    # Clients without a proxy choose freely: not what would break a line or fill it.
    return given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)


def add_id(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """structlog's processor that gives a line an id where none is bound."""
    if "request" in event or "socket" in event:
        return event
    # Django logs a failed request once more after all middleware, with the request beside it.
    request = getattr(event.get("_record"), "request", None)
    name = getattr(request, "request_id", None)
    event |= {"request": name} if name else {"process": PROCESS}
    return event
