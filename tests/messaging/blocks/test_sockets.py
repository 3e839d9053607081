"""A block affects open sockets immediately, and the other side gets no frame about it."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from messaging.blocks.actions import block, unblock
from messaging.models import Conversation, Message
from messaging.reading.actions import mark_read
from tests.said import say
from tests.sockets import Socket, message_frame, next_frame, receives_nothing, send

pytestmark = pytest.mark.django_db(transaction=True)


async def opened(socket_of: Any, user: User, talk: Conversation) -> Socket:
    socket = await socket_of(user)
    await next_frame(socket, "session.ready")
    await send(socket, type="conversation.open", conversation=talk.pk, since=0)
    await next_frame(socket, "conversation.state")
    return socket


async def test_the_blockers_pages_learn_it_and_the_blocked_side_hears_nothing(
    conversation: Conversation, shopper: User, seller: User, socket_of: Any
) -> None:
    mine, also_mine = [await opened(socket_of, shopper, conversation) for _ in range(2)]
    theirs = await opened(socket_of, seller, conversation)
    for act, is_blocked in ((block, True), (unblock, False)):
        await sync_to_async(act)(shopper, conversation.pk)
        for socket in (mine, also_mine):
            frame = await next_frame(socket, "block.changed")
            expected = {"conversation": conversation.pk, "blocked": is_blocked}
            assert frame == {"type": "block.changed", **expected}
    assert await receives_nothing(theirs)


async def test_a_teams_pages_learn_that_a_colleague_has_blocked(
    conversation: Conversation, shopper: User, seller: User, colleague: User, socket_of: Any
) -> None:
    pages = [await opened(socket_of, user, conversation) for user in (seller, colleague)]
    theirs = await opened(socket_of, shopper, conversation)
    await sync_to_async(block)(colleague, conversation.pk)
    for page in pages:
        assert (await next_frame(page, "block.changed"))["blocked"] is True
    assert await receives_nothing(theirs)


@pytest.mark.parametrize("blocker", ["shopper", "seller"])
async def test_an_open_socket_is_silent_at_once(
    blocker: str, conversation: Conversation, shopper: User, seller: User, socket_of: Any
) -> None:
    people = {"shopper": shopper, "seller": seller}
    blocking = people.pop(blocker)
    (blocked,) = people.values()
    await sync_to_async(say)(blocking, conversation)
    theirs = await opened(socket_of, blocked, conversation)
    mine = await opened(socket_of, blocking, conversation)
    await send(theirs, type="typing", conversation=conversation.pk)
    await next_frame(mine, "typing")
    await sync_to_async(block)(blocking, conversation.pk)
    await next_frame(mine, "block.changed")
    await send(theirs, type="typing", conversation=conversation.pk)
    await send(theirs, type="conversation.read", conversation=conversation.pk, sequence=1)
    await send(theirs, **message_frame(conversation))
    refused = await next_frame(theirs, "error")
    assert refused["code"] == "blocked"
    assert refused["detail"] == "This message could not be delivered."
    await sync_to_async(mark_read)(blocked, conversation.pk, 1)
    await send(mine, type="typing", conversation=conversation.pk)
    assert await receives_nothing(mine)
    await send(theirs, type="conversation.open", conversation=conversation.pk, since=1)
    state = await next_frame(theirs, "conversation.state", "typing")
    assert (state["type"], state["blocked"]) == ("conversation.state", False)
    assert await Message.objects.acount() == 1
    await sync_to_async(unblock)(blocking, conversation.pk)
    await next_frame(mine, "block.changed")
    await send(theirs, type="typing", conversation=conversation.pk)
    await next_frame(mine, "typing")
    await send(theirs, **message_frame(conversation))
    await next_frame(theirs, "message.accepted")
    await next_frame(mine, "message.created")


async def test_a_shop_that_is_there_is_gone_for_a_shopper_at_once(
    conversation: Conversation, shopper: User, seller: User, socket_of: Any, settings: Any
) -> None:
    settings.PRESENCE_CHECK_SECONDS = settings.PRESENCE_PAUSE_SECONDS = 0.1
    asking = await opened(socket_of, shopper, conversation)
    answering = await opened(socket_of, seller, conversation)
    await send(answering, type="active")
    assert (await next_frame(asking, "presence"))["active"] is True
    await sync_to_async(block)(seller, conversation.pk)
    assert (await next_frame(asking, "presence"))["active"] is False
    again = await opened(socket_of, shopper, conversation)
    assert await receives_nothing(again)
    await sync_to_async(unblock)(seller, conversation.pk)
    assert (await next_frame(asking, "presence"))["active"] is True


async def test_a_heartbeat_makes_up_for_a_lost_event(
    conversation: Conversation,
    shopper: User,
    seller: User,
    socket_of: Any,
    settings: Any,
    monkeypatch: Any,
) -> None:
    settings.SOCKET_HEARTBEAT_SECONDS = 0.1
    monkeypatch.setattr("messaging.events.block_changed", lambda *args: None)
    mine = await opened(socket_of, shopper, conversation)
    theirs = await opened(socket_of, seller, conversation)
    await sync_to_async(block)(seller, conversation.pk)
    assert (await next_frame(theirs, "block.changed"))["blocked"] is True
    await next_frame(mine, "heartbeat")
    await next_frame(mine, "heartbeat")
    await send(mine, type="typing", conversation=conversation.pk)
    await send(mine, **message_frame(conversation))
    assert (await next_frame(mine, "error", "block.changed"))["type"] == "error"
    await next_frame(theirs, "heartbeat")
    for _ in range(2):
        assert (await next_frame(theirs, "heartbeat", "typing"))["type"] == "heartbeat"
