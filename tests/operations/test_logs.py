"""Every log line names its request or socket; none contains what people wrote."""

import asyncio
import json
import logging
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from catalog.models import Product
from messaging import message_checks
from messaging.models import Conversation
from tests.log_lines import Lines, written_lines
from tests.sockets import closed_with, message_frame, next_frame, send

pytestmark = pytest.mark.django_db(transaction=True)

MARKER = "Xylophone-7Q"


lines = pytest.fixture(written_lines)


def assert_kept_quiet(written: list[dict[str, Any]], *events: str) -> None:
    """Check that the lines exist, each with an ID, and none with the marker."""
    for event in events:
        assert any(event in line["event"] for line in written), (event, written)
    for line in written:
        assert MARKER not in json.dumps(line)
        assert {"request", "socket", "process"} & line.keys(), line


@pytest.fixture(params=["form", "script"])
def headers(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"HTTP_ACCEPT": "application/json"} if request.param == "script" else {}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, (200, 302)),
        ({"body": MARKER * 400}, (413,)),
        ({"body": f"{MARKER}\x00"}, (400,)),
        ({"client_id": MARKER}, (400,)),
    ],
)
def test_a_post_leaves_no_word_of_its_message(
    change: dict[str, str],
    status: tuple[int, ...],
    headers: dict[str, str],
    lines: Lines,
    shopper: User,
    conversation: Conversation,
    client_of: Any,
) -> None:
    fields = {"body": MARKER, "client_id": str(uuid.uuid4())} | change
    path = f"/conversation/{conversation.pk}/new_message/"
    answer = client_of(shopper).post(path, fields, **headers)
    assert answer.status_code in status
    refused = answer.status_code >= 400
    assert_kept_quiet(lines(), *([path] if refused else []))
    for line in lines():
        if path in line["event"]:
            assert line["request"] == answer["X-Request-ID"]


def test_asking_about_a_product_and_searching_leave_no_word(
    lines: Lines, shopper: User, product: Product, client_of: Any
) -> None:
    visitor = client_of(None)
    fields = {"body": MARKER, "client_id": str(uuid.uuid4())}
    assert visitor.post(f"/products/{product.slug}/contact/", fields).status_code == 302
    client = client_of(shopper)
    assert client.post(f"/products/{product.slug}/contact/", fields).status_code == 302
    assert client.get("/conversations/", {"q": MARKER}).status_code == 200
    assert client.get("/conversation/99999/", {"q": MARKER}).status_code == 404
    assert_kept_quiet(lines(), "/conversation/99999/")


def quoting_defect(*args: Any, **kwargs: Any) -> str:
    """Raise an error like a database that quotes the row."""
    raise IntegrityError(f"DETAIL: Failing row contains (1, {MARKER})")


def test_a_defect_that_quotes_the_message_is_logged_without_the_quotation(
    lines: Lines,
    shopper: User,
    conversation: Conversation,
    client_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message_checks, "clean_body", quoting_defect)
    client: Client = client_of(shopper)
    client.raise_request_exception = False
    fields = {"body": MARKER, "client_id": str(uuid.uuid4())}
    answer = client.post(f"/conversation/{conversation.pk}/new_message/", fields)
    assert answer.status_code == 500
    assert_kept_quiet(lines(), "Internal Server Error")
    [line] = [line for line in lines() if "exception" in line]
    assert "django.db.utils.IntegrityError: (withheld)" in line["exception"]
    assert "quoting_defect" in line["exception"]


async def test_the_socket_leaves_no_word_of_its_messages(
    lines: Lines, shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    socket, other = await socket_of(shopper), await socket_of(seller)
    for one in (socket, other):
        await next_frame(one, "session.ready")
    await send(socket, **message_frame(conversation, MARKER))
    await next_frame(socket, "message.accepted")
    assert (await next_frame(other, "message.created"))["body"] == MARKER
    refused = [
        message_frame(conversation, MARKER * 400),
        message_frame(conversation, f"{MARKER}\x00"),
        message_frame(conversation, MARKER) | {"conversation": 99999},
        message_frame(conversation, MARKER, unknown=MARKER),
        {"type": MARKER},
    ]
    for frame in refused:
        await send(socket, **frame)
        await next_frame(socket, "error")
    await socket.send_to(text_data=f'{{"type": "{MARKER}')
    await next_frame(socket, "error")
    await socket.send_to(text_data=MARKER * 2000)  # larger than the maximum frame
    assert await closed_with(socket) == 1009
    assert_kept_quiet(lines(), "socket_closed")
    [closed] = [line for line in lines() if line["event"] == "socket_closed"]
    assert len(closed["socket"]) == 32


async def test_a_socket_that_meets_a_defect_is_closed_and_the_quotation_withheld(
    lines: Lines,
    shopper: User,
    conversation: Conversation,
    socket_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from messaging.consumers import ChatConsumer

    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    monkeypatch.setattr(ChatConsumer, "receive", quoting_receive)
    await send(socket, **message_frame(conversation, MARKER))
    assert await closed_with(socket) == 1011
    assert_kept_quiet(lines(), "handler_failed")


async def quoting_receive(self: Any, text_data: str, bytes_data: None) -> None:
    raise ValueError(text_data)


async def test_what_asyncio_says_of_a_forgotten_task_has_no_quotation(lines: Lines) -> None:
    async def forgotten() -> None:
        quoting_defect()

    task = asyncio.get_running_loop().create_task(forgotten())
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler(
        {
            "message": "Task exception was never retrieved",
            "exception": task.exception(),
            "task": task,
        }
    )
    assert_kept_quiet(lines(), "never retrieved")


def test_a_request_has_the_id_that_the_proxy_gave_it(client: Client) -> None:
    given = "c5ae3b1dca476047d35550c5258388a9"
    assert client.get("/products/", HTTP_X_REQUEST_ID=given)["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "two\nlines-of-text", "{'a': 'b-c-d'}"])
def test_an_id_that_would_spoil_a_line_is_replaced(given: str, client: Client) -> None:
    answer = client.get("/products/", HTTP_X_REQUEST_ID=given)
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 32


async def test_two_sockets_have_two_ids_and_other_lines_that_of_the_process(
    lines: Lines, shopper: User, socket_of: Any, client_of: Any
) -> None:
    sockets = [await socket_of(shopper) for _ in range(2)]
    for socket in sockets:
        await next_frame(socket, "session.ready")
    await User.objects.filter(pk=shopper.pk).aupdate(is_active=False)
    from trato.realtime import sessions

    await sync_to_async(sessions.announce_access_changed)(shopper.pk)
    for socket in sockets:
        assert await closed_with(socket) == 4403
    closed = [line["socket"] for line in lines() if line["event"] == "socket_closed"]
    assert len(set(closed)) == 2
    logging.getLogger("trato.test").info("about_nobody")
    [line] = [line for line in lines() if line["event"] == "about_nobody"]
    assert "process" in line
