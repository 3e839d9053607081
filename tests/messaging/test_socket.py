"""The socket as its clients see it."""

import asyncio
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from accounts.models import User
from messaging import access, actions
from messaging.models import Conversation, Message
from tests.patience import PATIENCE
from tests.rulings import suspend
from tests.sockets import closed_with, message_frame, next_frame, receives_nothing, send
from trato.realtime import groups

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_new_socket_is_told_who_it_is_and_what_is_unread(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    await sync_to_async(actions.send)(shopper, conversation.pk, uuid.uuid4(), "Hello")
    socket = await socket_of(seller)
    ready = await next_frame(socket, "session.ready")
    assert ready == {"type": "session.ready", "user": seller.pk, "unread": 1, "notices": 0}


async def test_a_message_is_acknowledged_shown_to_both_sides_and_counted(
    shopper: User,
    seller: User,
    colleague: User,
    stranger: User,
    other_seller: User,
    conversation: Conversation,
    socket_of: Any,
) -> None:
    sockets = {
        person.pk: await socket_of(person)
        for person in (shopper, seller, colleague, stranger, other_seller)
    }
    for socket in sockets.values():
        await next_frame(socket, "session.ready")
    frame = message_frame(conversation, "Is it still there?")
    await send(sockets[shopper.pk], **frame)

    accepted = await next_frame(sockets[shopper.pk], "message.accepted")
    stored = await Message.objects.aget()
    assert accepted["client_id"] == frame["client_id"]
    assert (accepted["id"], accepted["sequence"], accepted["revision"]) == (stored.pk, 1, 1)
    for person in (seller, colleague):
        created = await next_frame(sockets[person.pk], "message.created")
        assert created["body"] == "Is it still there?"
        assert created["sender"] == {"id": shopper.pk, "name": shopper.name}
        assert created["side"] == "consumer"
        assert (await next_frame(sockets[person.pk], "badge"))["unread"] == 1
    for person in (stranger, other_seller):
        assert await receives_nothing(sockets[person.pk])


async def test_every_tab_of_the_sender_sees_the_message_too(
    shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    one, two = await socket_of(shopper), await socket_of(shopper)
    await next_frame(two, "session.ready")
    await send(one, **message_frame(conversation))
    assert (await next_frame(one, "message.created"))["sequence"] == 1
    assert (await next_frame(two, "message.created"))["sequence"] == 1


async def test_reading_on_one_tab_clears_the_badge_on_all_and_marks_it_on_the_other_side(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    await sync_to_async(actions.send)(shopper, conversation.pk, uuid.uuid4(), "Hello")
    asking, one, two = [await socket_of(person) for person in (shopper, seller, seller)]
    for socket in (asking, one, two):
        await next_frame(socket, "session.ready")
    await send(one, type="conversation.read", conversation=conversation.pk, sequence=1)
    assert (await next_frame(one, "badge"))["unread"] == 0
    assert (await next_frame(two, "badge"))["unread"] == 0
    mark = await next_frame(asking, "conversation.read")
    assert (mark["side"], mark["user"], mark["sequence"]) == ("seller", seller.pk, 1)


async def test_opening_answers_with_the_latest_page_and_with_what_came_since(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any
) -> None:
    for body in ("one", "two", "three"):
        await sync_to_async(actions.send)(shopper, conversation.pk, uuid.uuid4(), body)
    socket = await socket_of(seller)
    await send(socket, type="conversation.open", conversation=conversation.pk, since=0)
    state = await next_frame(socket, "conversation.state")
    assert [message["body"] for message in state["messages"]] == ["one", "two", "three"]
    assert (state["revision"], state["more"]) == (3, False)
    assert state["read"] == {"consumer": 0, "seller": 0}
    await send(socket, type="conversation.open", conversation=conversation.pk, since=2)
    state = await next_frame(socket, "conversation.state")
    assert [message["body"] for message in state["messages"]] == ["three"]


async def test_typing_is_seen_by_the_others_who_have_the_conversation_open(
    shopper: User, seller: User, colleague: User, conversation: Conversation, socket_of: Any
) -> None:
    asking, open_tab, other_tab = [
        await socket_of(person) for person in (shopper, seller, colleague)
    ]
    for socket in (asking, open_tab):
        await send(socket, type="conversation.open", conversation=conversation.pk, since=0)
        await next_frame(socket, "conversation.state")
    await next_frame(other_tab, "session.ready")
    await send(asking, type="typing", conversation=conversation.pk)
    assert await next_frame(open_tab, "typing") == {
        "type": "typing",
        "conversation": conversation.pk,
        "side": "consumer",
        "user": shopper.pk,
        "name": shopper.name,
    }
    await send(asking, type="typing", conversation=conversation.pk, stopped=True)
    assert (await next_frame(open_tab, "typing"))["stopped"] is True
    assert await receives_nothing(other_tab)
    assert await receives_nothing(asking)


async def test_typing_needs_an_open_conversation_and_has_a_limit(
    shopper: User, conversation: Conversation, socket_of: Any, settings: Any
) -> None:
    settings.TYPING_FRAMES_PER_MINUTE = 2
    socket = await socket_of(shopper)
    await send(socket, type="typing", conversation=conversation.pk)
    assert (await next_frame(socket, "error"))["code"] == "not_found"
    await send(socket, type="conversation.open", conversation=conversation.pk, since=0)
    for _ in range(3):
        await send(socket, type="typing", conversation=conversation.pk)
    error = await next_frame(socket, "error")
    assert error["code"] == "rate_limited"
    assert error["retry_after"] >= 1


@pytest.fixture(params=["stranger", "other_seller", "former_colleague", "moderator"])
def outsider(request: pytest.FixtureRequest) -> User:
    user: User = request.getfixturevalue(request.param)
    return user


@pytest.mark.parametrize("kind", ["message.send", "conversation.open", "conversation.read"])
async def test_an_outsiders_frames_are_answered_as_for_a_thing_that_does_not_exist(
    outsider: User, kind: str, shopper: User, conversation: Conversation, socket_of: Any
) -> None:
    witness = await socket_of(shopper)
    await next_frame(witness, "session.ready")
    socket = await socket_of(outsider)
    await next_frame(socket, "session.ready")
    fields: dict[str, dict[str, Any]] = {
        "message.send": {"client_id": str(uuid.uuid4()), "body": "Let me in"},
        "conversation.open": {"since": 0},
        "conversation.read": {"sequence": 1},
    }
    rest = fields[kind]
    answers = []
    for pk in (conversation.pk, conversation.pk + 12345):
        await send(socket, type=kind, conversation=pk, **rest)
        error = await next_frame(socket, "error")
        answers.append((error["code"], error["detail"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == "not_found"
    assert not await Message.objects.aexists()
    assert await receives_nothing(witness)


async def test_no_session_is_told_4401(db: None, socket_of: Any) -> None:
    assert await closed_with(await socket_of(None)) == 4401


async def test_a_suspended_person_is_told_4403_at_once_on_an_open_socket(
    shopper: User, moderator: User, conversation: Conversation, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    await sync_to_async(suspend)(moderator, shopper.pk, "Asked for bank details")
    assert await closed_with(socket) == 4403


async def test_logging_out_closes_the_open_socket(
    shopper: User, client_of: Any, socket_of: Any
) -> None:
    client = await sync_to_async(client_of)(shopper)
    socket = await socket_of(shopper, client=client)
    await next_frame(socket, "session.ready")
    await sync_to_async(client.post)("/accounts/logout/")
    assert await closed_with(socket) == 4401


async def test_who_leaves_the_shop_hears_it_no_longer_but_keeps_the_socket(
    shopper: User,
    seller: User,
    colleague: User,
    conversation: Conversation,
    socket_of: Any,
    shop: Any,
) -> None:
    from catalog import teams

    leaving = await socket_of(colleague)
    await send(leaving, type="conversation.open", conversation=conversation.pk, since=0)
    await next_frame(leaving, "conversation.state")
    await sync_to_async(teams.remove_member)(seller, shop.pk, colleague.pk)
    await send(leaving, type="conversation.open", conversation=conversation.pk, since=0)
    heard: dict[str, Any] = {}
    while not {"error", "badge"} <= heard.keys():  # a refusal, and the notice that says why
        frame = await next_frame(leaving, "error", "badge")
        heard[frame["type"]] = frame
    assert heard["error"]["code"] == "not_found"
    async with asyncio.timeout(PATIENCE):
        while access.seller_group(shop.pk) in groups._hub().subscribers:
            await asyncio.sleep(0.01)
    await sync_to_async(actions.send)(shopper, conversation.pk, uuid.uuid4(), "Hello")
    later = set()
    while not await receives_nothing(leaving):
        later.add((await leaving.receive_json_from())["type"])
    assert later <= {"members.changed"}


async def test_an_event_for_a_group_that_the_socket_left_is_not_handed_on(
    shopper: User, socket_of: Any
) -> None:
    """As if the layer was down while the socket left the group."""
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    event = {"type": "chat.message", "frame": "{}"}
    await groups.asend_many([([f"user.{shopper.pk}"], event)])
    assert await socket.receive_from() == "{}"
    layer = get_channel_layer()
    await layer.group_add("seller.999", groups._hub().channel)
    await layer.group_send("seller.999", {**event, "group": "seller.999"})
    assert await receives_nothing(socket)


async def test_the_heartbeat_tells_the_revision_of_open_conversations(
    shopper: User, conversation: Conversation, socket_of: Any, settings: Any
) -> None:
    settings.SOCKET_HEARTBEAT_SECONDS = 0.1
    await sync_to_async(actions.send)(shopper, conversation.pk, uuid.uuid4(), "Hello")
    socket = await socket_of(shopper)
    await send(socket, type="conversation.open", conversation=conversation.pk, since=0)
    beat = await next_frame(socket, "heartbeat")
    assert beat["conversations"] == {str(conversation.pk): 1}


async def test_the_heartbeat_heals_a_badge_that_the_layer_lost(
    shopper: User, seller: User, conversation: Conversation, socket_of: Any, settings: Any
) -> None:
    settings.SOCKET_HEARTBEAT_SECONDS = 0.1
    socket = await socket_of(seller)
    assert (await next_frame(socket, "session.ready"))["unread"] == 0

    def send_without_a_layer() -> None:
        from unittest.mock import patch

        with patch.object(groups, "asend_many", silence):
            actions.send(shopper, conversation.pk, uuid.uuid4(), "Hello")

    async def silence(*args: Any) -> None:
        return

    await sync_to_async(send_without_a_layer)()
    assert (await next_frame(socket, "badge"))["unread"] == 1


async def test_a_session_that_ended_unannounced_is_noticed_by_the_heartbeat(
    shopper: User, socket_of: Any, settings: Any
) -> None:
    settings.SOCKET_HEARTBEAT_SECONDS = 0.1
    settings.SOCKET_SESSION_CHECK_SECONDS = 0
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    await User.objects.filter(pk=shopper.pk).aupdate(is_active=False)
    assert await closed_with(socket) == 4403
