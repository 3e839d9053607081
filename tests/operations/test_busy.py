"""More requests at once than a process accepts."""

import asyncio
import threading
from typing import Any

import pytest
from django.http import HttpResponse

from config.handler import ThreadedHandler
from config.uploads import GONE
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


@pytest.mark.parametrize(("method", "answered"), [("GET", ["first"]), ("POST", ["first", "other"])])
async def test_a_page_is_not_rendered_for_a_client_that_left_but_a_form_is_processed(
    settings: Any, monkeypatch: Any, method: str, answered: list[str]
) -> None:
    settings.REQUEST_THREADS = 1
    free, gone = threading.Event(), threading.Event()
    processed: list[str] = []

    def slow(request: Any) -> HttpResponse:
        free.wait(PATIENCE)
        processed.append(request.GET["who"])
        return HttpResponse()

    handler = ThreadedHandler()
    monkeypatch.setattr(handler, "get_response", slow)
    first = asyncio.create_task(ask(handler, query_string=b"who=first"))
    leaving = {"method": method, "query_string": b"who=other", "extensions": {GONE: gone}}
    other = asyncio.create_task(ask(handler, **leaving))
    await asyncio.sleep(0)  # it waits for the only thread
    gone.set()
    free.set()
    await asyncio.gather(first, other)
    assert processed == answered


async def ask(handler: ThreadedHandler, **scope: Any) -> tuple[int, dict[bytes, bytes], str]:
    """The status, headers and body of an answer."""
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await handler(SCOPE | scope, receive, send)
    start, *rest = told
    body = b"".join(message.get("body", b"") for message in rest)
    return start["status"], dict(start["headers"]), body.decode()
