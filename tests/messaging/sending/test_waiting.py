"""Sends over sockets don't wait while a transaction holds an unrelated lock."""

import asyncio
import json
import uuid
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from accounts.models import User
from catalog.models import Shop
from messaging import actions
from messaging.models import Conversation, Message
from tests.databases import own_database
from tests.messaging.sending.stores import conversations
from tests.patience import PATIENCE
from tests.sockets import message_frame, next_frame, send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

ROWS = "SELECT FROM messaging_conversation WHERE id = ANY (%s) FOR UPDATE"


@pytest.fixture
def three(shopper: User, shop: Shop) -> list[Conversation]:
    return conversations(shopper, shop, 3)


async def answers(socket: Any, number: int) -> list[dict[str, Any]]:
    """Return the answers to this many sends."""
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE):
        while len(heard) < number:
            frame = json.loads(await socket.receive_from(PATIENCE))
            if frame["type"] in ("message.accepted", "error"):
                heard.append(frame)
    return heard


async def test_two_locked_conversations_stop_no_other_send(
    shopper: User, three: Sequence[Conversation], socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    *locked, free = three
    with psycopg.connect(own_database()) as other:
        other.execute(ROWS, [[one.pk for one in locked]])
        for one in locked:  # one by one, so that each would delay a batch
            await send(socket, **message_frame(one, "held 1"))
            await asyncio.sleep(0)
        for _ in range(5):
            await send(socket, **message_frame(free, "free"))
            (answer,) = await answers(socket, 1)
            assert (answer["type"], answer["conversation"]) == ("message.accepted", free.pk)
        for one in locked:
            await send(socket, **message_frame(one, "held 2"))
    held = await answers(socket, 4)
    assert [answer["type"] for answer in held] == ["message.accepted"] * 4
    for one in locked:
        said = Message.objects.filter(conversation=one).order_by("sequence")
        assert [row.body async for row in said] == ["held 1", "held 2"]


@pytest.mark.parametrize("table", ["accounts_user", "notifications_news"])
async def test_a_persons_lock_stops_nobody_elses_send(
    table: str, shopper: User, stranger: User, product: Any, conversation: Any, socket_of: Any
) -> None:
    """Every send checks that its sender and recipients still exist, which locks their rows."""
    other_talk = await sync_to_async(actions.start_conversation)(stranger, product=product)
    for who, where in ((shopper, conversation), (stranger, other_talk)):
        await sync_to_async(actions.send)(who, where.pk, uuid.uuid4(), "Hello")
    mine, theirs = await socket_of(shopper), await socket_of(stranger)
    for socket in (mine, theirs):
        await next_frame(socket, "session.ready")
    of_mine = {"accounts_user": ("id", shopper.pk)}.get(table, ("subject_id", conversation.pk))
    with psycopg.connect(own_database()) as other:
        other.execute(f"SELECT FROM {table} WHERE {of_mine[0]} = %s FOR UPDATE", [of_mine[1]])
        await send(mine, **message_frame(conversation, "held"))
        await send(theirs, **message_frame(other_talk, "free"))
        (answer,) = await answers(theirs, 1)
        assert answer["type"] == "message.accepted"
    (answer,) = await answers(mine, 1)
    assert answer["type"] == "message.accepted"


async def test_a_lock_that_stays_is_told_as_unavailable_and_a_repeat_is_stored_once(
    shopper: User, three: Sequence[Conversation], socket_of: Any, settings: Any
) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = 1
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    frame = message_frame(three[0])
    with psycopg.connect(own_database()) as other:
        other.execute(ROWS, [[three[0].pk]])
        await send(socket, **frame)
        (answer,) = await answers(socket, 1)
        assert (answer["code"], answer["client_id"]) == ("unavailable", frame["client_id"])
    await send(socket, **frame)
    (answer,) = await answers(socket, 1)
    assert answer["type"] == "message.accepted"
    assert await Message.objects.acount() == 1
