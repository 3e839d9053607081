"""Held messages over sockets: who gets events about them, and in which order they are stored."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from messaging.models import Conversation, HeldMessage, Message
from messaging.review.actions import release
from tests.rulings import reject
from tests.said import say
from tests.sockets import Socket, message_frame, next_frame, receives_nothing, send

pytestmark = pytest.mark.django_db(transaction=True)

SUSPICIOUS = "Something suspicious"


async def opened(socket_of: Any, user: User, talk: Conversation) -> Socket:
    socket = await socket_of(user)
    await next_frame(socket, "session.ready")
    await send(socket, type="conversation.open", conversation=talk.pk, since=0)
    await next_frame(socket, "conversation.state")
    return socket


async def burst(socket: Socket, talk: Conversation, *bodies: str) -> list[dict[str, Any]]:
    """Send messages one after another without waiting; return the responses in order."""
    keys = [str(uuid.uuid4()) for _body in bodies]
    for place, (key, body) in enumerate(zip(keys, bodies, strict=True)):
        after = {"after": keys[place - 1]} if place else {}
        await send(socket, **message_frame(talk, body) | {"client_id": key} | after)
    answers: dict[str, dict[str, Any]] = {}
    while len(answers) < len(keys):
        frame = await next_frame(socket, "message.accepted", "message.held", "error")
        answers.setdefault(frame["client_id"], frame)
    return [answers[key] for key in keys]


@sync_to_async
def bodies(talk: Conversation) -> list[str]:
    return list(talk.messages.order_by("sequence").values_list("body", flat=True))


@sync_to_async
def held(place: int = 0) -> int:
    return list(HeldMessage.objects.order_by("pk").values_list("pk", flat=True))[place]


async def test_what_is_sent_right_behind_it_is_held_too(
    conversation: Conversation, shopper: User, seller: User, moderator: User, socket_of: Any
) -> None:
    mine = await opened(socket_of, shopper, conversation)
    answers = await burst(mine, conversation, "One", SUSPICIOUS, "Two", "Three")
    kinds = [answer["type"] for answer in answers]
    assert kinds == ["message.accepted", *["message.held"] * 3]
    assert set(answers[1]) == {"type", "client_id", "conversation"}
    assert await bodies(conversation) == ["One"]
    await sync_to_async(release)(moderator, await held(), "Fine")
    for sequence, body in ((2, SUSPICIOUS), (3, "Two"), (4, "Three")):
        while (frame := await next_frame(mine, "message.created"))["sequence"] < sequence:
            pass
        assert (frame["sequence"], frame["body"]) == (sequence, body)
    assert (await burst(mine, conversation, "Four"))[0]["sequence"] == 5


async def test_the_other_side_hears_nothing_and_the_senders_other_tabs_do(
    conversation: Conversation,
    shopper: User,
    seller: User,
    colleague: User,
    moderator: User,
    socket_of: Any,
) -> None:
    mine, also_mine, team = [
        await opened(socket_of, user, conversation) for user in (seller, seller, colleague)
    ]
    theirs = await opened(socket_of, shopper, conversation)
    [answer] = await burst(mine, conversation, SUSPICIOUS)
    assert (await next_frame(also_mine, "message.held"))["client_id"] == answer["client_id"]
    await sync_to_async(reject)(moderator, await held(), "A known scam", "scam")
    for socket in (mine, also_mine):
        frame = await next_frame(socket, "message.rejected")
        expected = {"client_id": answer["client_id"], "conversation": conversation.pk}
        assert frame == {"type": "message.rejected", **expected}
    assert await receives_nothing(theirs)
    assert await receives_nothing(team)


async def test_a_repeat_gets_the_same_answer(
    conversation: Conversation, shopper: User, socket_of: Any
) -> None:
    mine = await opened(socket_of, shopper, conversation)
    frame = message_frame(conversation, SUSPICIOUS)
    for _time in range(2):
        await send(mine, **frame)
        answer = await next_frame(mine, "message.held")
        assert answer["client_id"] == frame["client_id"]
    await send(mine, **frame | {"body": "Other words"})
    assert (await next_frame(mine, "error"))["code"] == "conflict"


async def test_the_other_side_goes_on_in_the_same_batches(
    conversation: Conversation, shopper: User, seller: User, socket_of: Any
) -> None:
    await sync_to_async(say)(shopper, conversation, "One")
    mine, theirs = [await opened(socket_of, user, conversation) for user in (shopper, seller)]
    await burst(mine, conversation, SUSPICIOUS)
    answers = await burst(theirs, conversation, "Hello", "Anything else?")
    assert [answer["sequence"] for answer in answers] == [2, 3]
    assert await sync_to_async(Message.objects.count)() == 3
