"""Refusals by a socket, and reasons to close it: bad frames, floods, another person's page."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from messaging.models import Conversation, Message
from messaging.sending import submit as sending
from tests.sockets import closed_with, message_frame, next_frame, send

pytestmark = pytest.mark.django_db(transaction=True)


BAD_FRAMES: list[str | bytes] = [
    "",
    "not json",
    "[]",
    "null",
    "{}",
    '{"type":"chat.message","frame":"x"}',
    '{"type":"badge.changed"}',
    '{"type":"message.send"}',
    '{"type":"message.send","conversation":"1","client_id":"x","body":"x"}',
    '{"type":"conversation.open","conversation":1,"since":0,"extra":1}',
    '{"type":"conversation.open","conversation":-1,"since":0}',
    '{"type":"conversation.open","conversation":1,"since":' + "9" * 5000 + "}",
    '{"type":"conversation.open","conversation":1e400,"since":0}',
    '{"type":"typing","conversation":' + "[" * 5000 + "]" * 5000 + "}",
    "[" * 16000,
    '{"type":"message.send","conversation":1,"client_id":"' + "0" * 36 + '","body":"\\ud800"}',
    b"\x00\x01\x02",
    b"{}",
]


@pytest.mark.parametrize("bad", BAD_FRAMES, ids=lambda bad: repr(bad[:40]))
async def test_a_bad_frame_gets_its_error_and_the_socket_lives(
    bad: str | bytes, shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    if isinstance(bad, bytes):
        await socket.send_to(bytes_data=bad)
    else:
        await socket.send_input({"type": "websocket.receive", "text": bad})
    assert (await next_frame(socket, "error"))["code"] == "invalid"
    await send(socket, **message_frame(conversation))
    assert (await next_frame(socket, "message.accepted"))["sequence"] == 1


async def test_a_refused_send_names_its_client_id(
    shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    frame = message_frame(conversation, "x" * 4001)
    await send(socket, **frame)
    error = await next_frame(socket, "error")
    assert (error["code"], error["client_id"]) == ("too_long", frame["client_id"])


async def test_errors_speak_the_readers_language(
    shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    english, spanish = await socket_of(shopper), await socket_of(shopper, language="es")
    details = set()
    for socket in (english, spanish):
        await send(socket, **message_frame(conversation, " "))
        details.add((await next_frame(socket, "error"))["detail"])
    assert len(details) == 2


async def test_a_frame_over_16_kib_closes_with_1009(shopper: User, socket_of: Any) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    await socket.send_to(text_data=" " * (16 * 1024 + 1))
    assert await closed_with(socket) == 1009


async def test_a_stream_of_bad_frames_closes_with_4429(shopper: User, socket_of: Any) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    for _ in range(40):
        await socket.send_to(text_data="x")
    assert await closed_with(socket) == 4429


async def test_a_flood_of_good_frames_closes_with_4429(
    shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    for _ in range(620):
        await send(socket, type="conversation.close", conversation=conversation.pk)
    assert await closed_with(socket) == 4429


async def test_an_error_that_nobody_thought_of_closes_so_that_the_browser_sends_again(
    shopper: User, conversation: Conversation, socket_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: Any) -> Any:
        raise ZeroDivisionError

    socket = await socket_of(shopper)
    monkeypatch.setattr(sending._batcher().store, "store", broken)
    await send(socket, **message_frame(conversation))
    assert await closed_with(socket) == 1011


async def test_a_foreign_origin_is_not_let_in(shopper: User, socket_of: Any) -> None:
    with pytest.raises(AssertionError):
        await socket_of(shopper, origin="https://evil.example")


async def test_the_page_of_another_person_is_closed_with_4409(
    seller: User, colleague: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(colleague)
    await next_frame(socket, "session.ready")
    await send(socket, type="session.claim", user=seller.pk)
    await send(socket, **message_frame(conversation))
    assert await closed_with(socket) == 4409
    assert not await sync_to_async(Message.objects.exists)()

    own = await socket_of(colleague)
    await send(own, type="session.claim", user=colleague.pk)
    await send(own, **message_frame(conversation))
    assert (await next_frame(own, "message.accepted"))["sequence"] == 1
