"""Edits and withdraws over the socket: both sides see them, even after a disconnection."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from messaging.models import Conversation
from tests.said import say
from tests.sockets import next_frame, send

pytestmark = pytest.mark.django_db(transaction=True)


async def test_both_sides_see_an_edit_and_a_withdraw(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    await sync_to_async(say)(shopper, conversation, "Is it glzed?")
    asking, answering = await socket_of(shopper), await socket_of(seller)
    for socket in (asking, answering):
        await next_frame(socket, "session.ready")
    place = {"conversation": conversation.pk, "sequence": 1}
    await send(asking, type="message.edit", **place, body="Is it glazed?")
    for socket in (asking, answering):
        frame = await next_frame(socket, "message.changed")
        assert (frame["body"], frame["edited"], frame["revision"]) == ("Is it glazed?", True, 2)
    await send(asking, type="message.withdraw", **place)
    for socket in (asking, answering):
        frame = await next_frame(socket, "message.changed")
        assert (frame["body"], frame["withdrawn"], frame["revision"]) == ("", True, 3)
    await send(answering, type="conversation.open", conversation=conversation.pk, since=1)
    state = await next_frame(answering, "conversation.state")
    (message,) = state["messages"]
    assert (message["withdrawn"], message["body"], state["revision"]) == (True, "", 3)


async def test_an_edit_that_changes_nothing_is_answered_to_its_sender(
    shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    await sync_to_async(say)(shopper, conversation, "Hello")
    socket = await socket_of(shopper)
    await send(socket, type="message.edit", conversation=conversation.pk, sequence=1, body="Hello ")
    frame = await next_frame(socket, "message.changed")
    assert (frame["body"], frame["edited"], frame["revision"]) == ("Hello", False, 1)


async def test_a_refusal_names_the_clients_own_id(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    await sync_to_async(say)(shopper, conversation, "Hello")
    socket, client_id = await socket_of(seller), str(uuid.uuid4())
    place = {"conversation": conversation.pk, "sequence": 1, "client_id": client_id}
    for frame in ({"type": "message.edit", "body": "Mine"}, {"type": "message.withdraw"}):
        await send(socket, **frame, **place)
        error = await next_frame(socket, "error")
        assert (error["code"], error["client_id"]) == ("forbidden", client_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "message.edit", "sequence": 1},
        {"type": "message.edit", "sequence": 0, "body": "x"},
        {"type": "message.edit", "sequence": 2**31, "body": "x"},
        {"type": "message.edit", "sequence": "1", "body": "x"},
        {"type": "message.edit", "sequence": 1, "body": None},
        {"type": "message.withdraw"},
        {"type": "message.withdraw", "sequence": 1, "body": "x"},
    ],
)
async def test_a_bad_frame_is_refused(
    wrong: dict[str, Any], shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    await send(socket, conversation=conversation.pk, **wrong)
    assert (await next_frame(socket, "error"))["code"] == "invalid"
