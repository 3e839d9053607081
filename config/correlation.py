"""Which request or which socket a line of the log belongs to.

Every line carries the id of one of them, or of the process where it is about neither. A request
has the id that the proxy gave it (nginx's `$request_id`, which stands in nginx's log too) and
tells it in its answer, so that a person can quote it.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars

HEADER = "X-Request-ID"
PROCESS = secrets.token_hex(4)
_WELL_FORMED = re.compile(r"[0-9A-Za-z-]{8,64}")

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class RequestId:
    """Django's outermost middleware: what is logged during a request has its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        # Clients without a proxy choose freely: not what would break a line or fill it.
        name = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)
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
        # `scope` has it too, so that work started by others for this socket can take it up.
        scope["socket_id"] = secrets.token_hex(8)
        with bound_contextvars(socket=scope["socket_id"]):
            await self.application(scope, receive, send)


def add_id(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """structlog's processor that gives a line an id where none is bound."""
    if "request" in event or "socket" in event:
        return event
    # Django logs a failed request once more after all middleware, with the request beside it.
    request = getattr(event.get("_record"), "request", None)
    name = getattr(request, "request_id", None)
    event |= {"request": name} if name else {"process": PROCESS}
    return event
