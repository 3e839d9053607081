"""A shop's team over the socket: notes, and who is looking."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from catalog.models import Shop
from catalog.teams import remove_member
from messaging.models import Conversation, Note
from tests.patience import PATIENCE
from tests.sockets import next_frame, receives_nothing, send

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = ("shopper", "seller", "colleague", "former_colleague", "other_seller", "stranger")
TEAM = {"seller", "colleague"}


@pytest.fixture
def user(request: pytest.FixtureRequest, person: str) -> User:
    """The account of the parametrized person."""
    account: User = request.getfixturevalue(person)
    return account


async def open_it(socket: Any, conversation: Conversation) -> None:
    await next_frame(socket, "session.ready")
    await send(socket, type="conversation.open", conversation=conversation.pk, since=0)
    await next_frame(socket, "conversation.state", "error")


@pytest.mark.parametrize("person", PEOPLE)
async def test_who_may_add_a_note_on_the_socket(
    person: str,
    user: User,
    conversation: Conversation,
    socket_of: Any,
) -> None:
    socket = await socket_of(user)
    await next_frame(socket, "session.ready")
    client_id = str(uuid.uuid4())
    frame = {"conversation": conversation.pk, "client_id": client_id, "body": "Between us"}
    for _time in range(2):  # a repeat gets the same answer
        await send(socket, type="note.add", **frame)
        answer = await socket.receive_json_from(timeout=PATIENCE)
        assert answer["client_id"] == client_id
        if person in TEAM:
            assert (answer["type"], answer["body"]) == ("note.created", "Between us")
        else:
            assert (answer["type"], answer["code"]) == ("error", "not_found")
    assert await sync_to_async(Note.objects.count)() == (person in TEAM)


@pytest.mark.parametrize("person", PEOPLE)
async def test_who_may_say_that_they_are_looking(
    person: str,
    user: User,
    seller: User,
    shopper: User,
    conversation: Conversation,
    socket_of: Any,
) -> None:
    acting, reading, asking = [await socket_of(one) for one in (user, seller, shopper)]
    for socket in (acting, reading, asking):
        await open_it(socket, conversation)
    await send(acting, type="team.looking", conversation=conversation.pk, doing="replying")
    if person in TEAM - {"seller"}:
        assert await reading.receive_json_from(timeout=PATIENCE) == {
            "type": "team.looking",
            "conversation": conversation.pk,
            "user": user.pk,
            "name": user.name,
            "doing": "replying",
        }
    elif person != "seller":
        assert (await next_frame(acting, "error"))["code"] == "not_found"
    for socket in (acting, reading, asking):  # not even the person's own other tab
        assert await receives_nothing(socket)


async def test_only_colleagues_who_have_it_open_see_it(
    seller: User, colleague: User, conversation: Conversation, socket_of: Any
) -> None:
    acting, reading = await socket_of(seller), await socket_of(colleague)
    await open_it(acting, conversation)
    await next_frame(reading, "session.ready")
    frame = {"type": "team.looking", "conversation": conversation.pk}
    await send(acting, **frame, doing="looking")
    assert await receives_nothing(reading)
    await send(reading, **frame, doing="looking")  # nor can they say it
    assert (await next_frame(reading, "error"))["code"] == "not_found"
    await send(acting, **frame, doing="dancing")
    assert (await next_frame(acting, "error"))["code"] == "invalid"


@pytest.mark.parametrize("way", ["closes", "disconnects", "leaves the shop"])
async def test_colleagues_and_own_tabs_hear_who_is_gone(
    way: str, seller: User, colleague: User, shop: Shop, conversation: Conversation, socket_of: Any
) -> None:
    acting, beside, reading = [await socket_of(one) for one in (colleague, colleague, seller)]
    for socket in (acting, beside, reading):
        await open_it(socket, conversation)
    await send(acting, type="team.looking", conversation=conversation.pk, doing="replying")
    assert (await next_frame(reading, "team.looking"))["doing"] == "replying"
    if way == "closes":
        await send(acting, type="conversation.close", conversation=conversation.pk)
    elif way == "disconnects":
        await acting.disconnect()
    else:
        await sync_to_async(remove_member)(seller, shop.pk, colleague.pk)
    gone = await next_frame(reading, "team.looking")
    assert (gone["user"], gone["doing"]) == (colleague.pk, "gone")
    if way != "leaves the shop":
        assert (await next_frame(beside, "team.looking"))["doing"] == "gone"


async def test_looking_too_often_is_refused(
    seller: User, colleague: User, conversation: Conversation, socket_of: Any, settings: Any
) -> None:
    settings.LOOKING_FRAMES_PER_MINUTE = 2
    acting, reading = await socket_of(seller), await socket_of(colleague)
    for socket in (acting, reading):
        await open_it(socket, conversation)
    for _ in range(3):
        await send(acting, type="team.looking", conversation=conversation.pk, doing="looking")
    assert (await next_frame(acting, "error"))["code"] == "rate_limited"
    for _ in range(2):
        assert (await next_frame(reading, "team.looking"))["doing"] == "looking"
    assert await receives_nothing(reading)
