"""A mute affects open sockets immediately, and only the muted person's pages show it."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from messaging import access
from messaging.appeals.actions import appeal
from messaging.appeals.actions import decide as decide_appeal
from messaging.models import Conversation, Decision, Message
from tests.patience import PATIENCE
from tests.said import say
from tests.sockets import Socket, message_frame, next_frame, receives_nothing, send

pytestmark = pytest.mark.django_db(transaction=True)

Ruled = Callable[..., Decision]


async def opened(socket_of: Any, user: User, talk: Conversation) -> Socket:
    socket = await socket_of(user)
    await next_frame(socket, "session.ready")
    await send(socket, type="conversation.open", conversation=talk.pk, since=0)
    await next_frame(socket, "conversation.state")
    return socket


async def test_a_muted_persons_open_socket_is_silent_at_once(
    conversation: Conversation, shopper: User, seller: User, ruled: Ruled, lead: User,
    socket_of: Any,
) -> None:  # fmt: skip
    mine = await opened(socket_of, shopper, conversation)
    theirs = await opened(socket_of, seller, conversation)
    await send(mine, type="typing", conversation=conversation.pk)
    await next_frame(theirs, "typing")
    decision = await sync_to_async(ruled)(shopper, "mute")
    frame = await next_frame(mine, "muted.changed")
    assert frame["until"] is not None
    await send(mine, type="typing", conversation=conversation.pk)
    await send(mine, **message_frame(conversation))
    refused = await next_frame(mine, "error")
    assert refused["code"] == "forbidden"
    assert "muted you until" in refused["detail"]
    assert await receives_nothing(theirs)
    assert not await Message.objects.aexists()
    row = await sync_to_async(appeal)(shopper, decision.pk, "No")
    await sync_to_async(decide_appeal)(lead, row.pk, "overturned", "")
    assert (await next_frame(mine, "muted.changed"))["until"] is None
    await send(mine, type="typing", conversation=conversation.pk)
    await next_frame(theirs, "typing")
    await send(mine, **message_frame(conversation))
    await next_frame(theirs, "message.created")


async def test_a_page_that_was_read_before_a_mute_does_not_end_it(
    conversation: Conversation, shopper: User, seller: User, ruled: Ruled, socket_of: Any,
    monkeypatch: Any,
) -> None:  # fmt: skip
    mine = await opened(socket_of, shopper, conversation)
    theirs = await opened(socket_of, seller, conversation)
    conversation_for, was_read, is_muted = access.conversation_for, Event(), Event()

    def read_slowly(*given: Any) -> Conversation:
        row = conversation_for(*given)
        was_read.set()
        is_muted.wait(PATIENCE)
        return row

    monkeypatch.setattr("messaging.access.conversation_for", read_slowly)
    await send(mine, type="conversation.open", conversation=conversation.pk, since=0)
    await asyncio.to_thread(was_read.wait, PATIENCE)
    monkeypatch.undo()
    await sync_to_async(ruled)(shopper, "mute")
    assert (await next_frame(mine, "muted.changed"))["until"] is not None
    is_muted.set()
    await next_frame(mine, "conversation.state")
    await send(mine, type="typing", conversation=conversation.pk)
    assert await receives_nothing(theirs)


async def test_a_heartbeat_makes_up_for_a_lost_event(
    conversation: Conversation, shopper: User, ruled: Ruled, socket_of: Any, settings: Any,
    monkeypatch: Any,
) -> None:  # fmt: skip
    settings.SOCKET_HEARTBEAT_SECONDS = 0.1
    monkeypatch.setattr("messaging.sanctions.actions._announce_mute", lambda *args: None)
    mine = await opened(socket_of, shopper, conversation)
    await sync_to_async(ruled)(shopper, "mute")
    assert (await next_frame(mine, "muted.changed"))["until"] is not None


async def test_a_closed_conversation_is_closed_and_reopened_on_open_pages(
    conversation: Conversation, shopper: User, seller: User, ruled: Ruled, lead: User,
    socket_of: Any,
) -> None:  # fmt: skip
    said = await sync_to_async(say)(shopper, conversation)
    pages = [await opened(socket_of, user, conversation) for user in (shopper, seller)]
    decision = await sync_to_async(ruled)(shopper, "close", message_id=said.pk)
    for page in pages:
        assert (await next_frame(page, "conversation.ended"))["closed"] is True
    row = await sync_to_async(appeal)(shopper, decision.pk, "No")
    await sync_to_async(decide_appeal)(lead, row.pk, "overturned", "")
    for page in pages:
        frame = await next_frame(page, "conversation.reopened")
        assert frame["conversation"] == conversation.pk
