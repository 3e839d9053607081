"""More requests at once than a process accepts."""

import asyncio
import threading
from typing import Any

from django.http import HttpResponse

from config.handler import ThreadedHandler
from tests.patience import PATIENCE

SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


async def test_one_too_many_is_told_to_come_back_and_the_others_are_answered(
    settings: Any, monkeypatch: Any
) -> None:
    settings.REQUEST_THREADS, settings.REQUESTS_AT_ONCE_MAX = 1, 3
    free = threading.Event()

    def slow(_request: Any) -> HttpResponse:
        free.wait(PATIENCE)
        return HttpResponse("answered")

    handler = ThreadedHandler()
    monkeypatch.setattr(handler, "get_response", slow)
    waiting = [asyncio.create_task(ask(handler)) for _ in range(3)]
    await asyncio.sleep(0)  # they have been read, and wait for the only thread
    status, headers, body = await ask(handler)
    assert (status, headers[b"Retry-After"]) == (503, b"2")
    assert "Try again" in body
    free.set()
    assert [(one[0], one[2]) for one in await asyncio.gather(*waiting)] == [(200, "answered")] * 3
    assert (await ask(handler))[0] == 200


async def ask(handler: ThreadedHandler) -> tuple[int, dict[bytes, bytes], str]:
    """Return the status, headers and body of a response."""
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await handler(SCOPE, receive, send)
    start, *rest = told
    body = b"".join(message.get("body", b"") for message in rest)
    return start["status"], dict(start["headers"]), body.decode()
