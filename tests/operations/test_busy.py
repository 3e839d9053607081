"""More requests at once than a process accepts."""

import asyncio
import threading
from functools import partial
from typing import Any

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from config.handler import ThreadedHandler
from config.uploads import GONE
from tests.patience import PATIENCE
from trato.images.queue import Queue, Uploader

SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


async def test_one_too_many_is_told_to_come_back_and_the_others_are_answered(
    settings: Any, monkeypatch: Any
) -> None:
    settings.PAGE_THREADS, settings.REQUESTS_AT_ONCE_MAX = 1, 3
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
    settings.PAGE_THREADS = settings.REQUEST_THREADS = 1
    free, gone = threading.Event(), threading.Event()
    processed: list[str] = []

    def slow(request: Any) -> HttpResponse:
        free.wait(PATIENCE)
        processed.append(request.GET["who"])
        return HttpResponse()

    handler = ThreadedHandler()
    monkeypatch.setattr(handler, "get_response", slow)
    first = asyncio.create_task(ask(handler, method=method, query_string=b"who=first"))
    leaving: dict[str, Any] = {
        "method": method,
        "query_string": b"who=other",
        "extensions": {GONE: gone},
    }
    other = asyncio.create_task(ask(handler, **leaving))
    await asyncio.sleep(0)  # it waits for the only thread
    gone.set()
    free.set()
    await asyncio.gather(first, other)
    assert processed == answered


async def test_forms_and_operators_do_not_wait_for_pages(settings: Any, monkeypatch: Any) -> None:
    settings.PAGE_THREADS = 1
    free = threading.Event()
    processed: list[str] = []

    def slow(request: Any) -> HttpResponse:
        if (request.method, request.path) == ("GET", "/"):
            free.wait(PATIENCE)
        processed.append(f"{request.method} {request.path}")
        return HttpResponse()

    handler = ThreadedHandler()
    monkeypatch.setattr(handler, "get_response", slow)
    pages = [asyncio.create_task(ask(handler)) for _ in range(2)]
    await asyncio.sleep(0)  # one is rendered, the other waits for the only thread
    await ask(handler, method="POST")
    await ask(handler, path="/health/")
    await ask(handler, path="/metrics")
    assert processed == ["POST /", "GET /health/", "GET /metrics"]
    free.set()
    await asyncio.gather(*pages)
    assert processed[3:] == ["GET /", "GET /"]


async def test_a_page_that_has_waited_too_long_is_a_friendly_503(
    settings: Any, monkeypatch: Any
) -> None:
    settings.PAGE_THREADS, settings.PAGE_QUEUE_SECONDS = 1, PATIENCE
    handler = ThreadedHandler()
    free, respond = threading.Event(), handler.get_response

    def slow(request: Any) -> HttpResponseBase:
        free.wait(PATIENCE)
        settings.PAGE_QUEUE_SECONDS = 0
        return HttpResponse() if request.GET else respond(request)

    monkeypatch.setattr(handler, "get_response", slow)
    host = [(b"host", b"localhost"), (b"accept-language", b"es")]
    first = asyncio.create_task(ask(handler, query_string=b"first", headers=host))
    other = asyncio.create_task(ask(handler, headers=host))
    await asyncio.sleep(0)  # one is rendered, the other waits for the only thread
    free.set()
    assert (await first)[0] == 200
    status, headers, body = await other
    assert (status, headers[b"Retry-After"]) == (503, b"5")
    assert "Volvemos enseguida" in body


async def test_forms_about_one_conversation_that_wait_keep_no_other_form_waiting(
    settings: Any, monkeypatch: Any
) -> None:
    settings.CONVERSATION_FORMS_AT_ONCE, settings.FORM_QUEUE_SECONDS = 2, PATIENCE
    free, started = threading.Event(), threading.Semaphore(0)
    processed: list[str] = []

    def stuck_at_the_first(request: Any) -> HttpResponse:
        if request.path.startswith("/conversation/1/new"):
            started.release()
            free.wait(PATIENCE)
        processed.append(request.path)
        return HttpResponse()

    handler = ThreadedHandler()
    monkeypatch.setattr(handler, "get_response", stuck_at_the_first)
    post = partial(ask, handler, method="POST")
    waiting = [asyncio.create_task(post(path="/conversation/1/new_message/")) for _ in range(5)]
    for _place in range(2):
        assert await asyncio.to_thread(started.acquire, timeout=PATIENCE)
    others = ["/conversation/2/new_message/", "/conversation/1/files/", "/conversations/acts/"]
    for path in others:
        await post(path=path)
    assert processed == others
    assert not started.acquire(blocking=False)  # the others of the five have no thread
    free.set()
    assert [one[0] for one in await asyncio.gather(*waiting)] == [200] * 5


async def test_a_form_whose_pictures_wait_to_be_decoded_keeps_no_other_form_waiting(
    settings: Any, monkeypatch: Any
) -> None:
    settings.FORMS_AT_ONCE, settings.FORM_QUEUE_SECONDS = 1, PATIENCE
    free, queue = threading.Event(), Queue()
    processed: list[str] = []

    def with_pictures(request: Any) -> HttpResponse:
        if request.path == "/pictures/":
            with queue.turn(Uploader(1)):
                free.wait(PATIENCE)
        processed.append(request.path)
        return HttpResponse()

    handler = ThreadedHandler()
    monkeypatch.setattr(handler, "get_response", with_pictures)
    first = asyncio.create_task(ask(handler, method="POST", path="/pictures/"))
    await asyncio.sleep(0)  # it has its turn
    await ask(handler, method="POST", path="/other/")
    await ask(handler, method="POST", path="/other/")
    assert processed == ["/other/", "/other/"]
    free.set()
    assert (await first)[0] == 200


@pytest.mark.django_db
async def test_a_form_that_has_waited_too_long_is_a_friendly_503_with_its_words(
    settings: Any, monkeypatch: Any
) -> None:
    settings.FORMS_AT_ONCE, settings.FORM_QUEUE_SECONDS = 1, PATIENCE
    handler = ThreadedHandler()
    free, started, respond = threading.Event(), threading.Event(), handler.get_response

    def slow(request: Any) -> HttpResponseBase:
        if request.path != "/first/":
            return respond(request)
        started.set()
        free.wait(PATIENCE)
        return HttpResponse()

    monkeypatch.setattr(handler, "get_response", slow)
    first = asyncio.create_task(ask(handler, method="POST", path="/first/"))
    assert await asyncio.to_thread(started.wait, PATIENCE)
    settings.FORM_QUEUE_SECONDS = 0
    token, kind = b"a" * 32, b"application/x-www-form-urlencoded"
    form = b"body=Mine&csrfmiddlewaretoken=" + token
    given = {
        b"host": b"localhost",
        b"cookie": b"csrftoken=" + token,
        b"content-type": kind,
        b"content-length": b"%d" % len(form),
    }
    path = "/conversation/1/new_message/"
    answer = await ask(handler, form, method="POST", path=path, headers=list(given.items()))
    status, headers, page = answer
    assert (status, headers[b"Retry-After"]) == (503, b"5")
    assert "Mine" in page
    free.set()
    assert (await first)[0] == 200
    settings.FORM_QUEUE_SECONDS = PATIENCE
    assert (await ask(handler, method="POST", path="/first/"))[0] == 200  # the turn is free again


async def ask(
    handler: ThreadedHandler, content: bytes = b"", **scope: Any
) -> tuple[int, dict[bytes, bytes], str]:
    """Return the status, headers and body of a response."""
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await handler(SCOPE | scope, receive, send)
    start, *rest = told
    body = b"".join(message.get("body", b"") for message in rest)
    return start["status"], dict(start["headers"]), body.decode()
