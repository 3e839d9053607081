"""If people hide that they read or type, they don't see others do it; nobody else is affected."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.models import Conversation, PresenceChoice
from messaging.presence.actions import choose
from messaging.reading.actions import mark_read
from messaging.triage import actions as triage
from tests.said import say
from tests.sockets import Socket, next_frame, send
from tests.unread import unread_count
from trato.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk(shopper: User, seller: User, conversation: Conversation) -> Conversation:
    """A question and an answer, which both sides have read."""
    for sender, reader, sequence in ((shopper, seller, 1), (seller, shopper, 2)):
        say(sender, conversation)
        mark_read(reader, conversation.pk, sequence)
    return conversation


def test_a_choice_made_as_a_shopper_keeps_that_of_the_shop(shopper: User) -> None:
    hide(shopper, "presence")
    choose(shopper, shows_read=False, shows_typing=True)
    row = PresenceChoice.objects.get()
    assert (row.hides_read, row.hides_presence) == (True, True)


def hide(user: User, *names: str) -> None:
    choose(user, **{f"shows_{name}": name not in names for name in ("read", "typing", "presence")})


def marks(client_of: Any, user: User, talk: Conversation) -> dict[str, int]:
    """Return the read marks that a person gets, which must be the same everywhere."""
    client, path = client_of(user), talk.get_absolute_url()
    page = client.get(path)
    seen = [
        page.context["read"],
        client.get(f"{path}messages/?since=1").json()["read"],
        client.get(f"{path}messages/?since=0").json()["read"],
        client.get(f"{path}messages/?before=2").json()["read"],
    ]
    other = page.context["side"].other
    assert f'data-read-{other}="{seen[0][other]}"' in page.text
    assert seen == seen[:1] * 4
    return dict(seen[0])


def test_everybody_sees_marks_as_long_as_nobody_hides_them(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    for user in (shopper, seller):
        assert marks(client_of, user, talk) == {"consumer": 2, "seller": 1}
    assert not PresenceChoice.objects.exists()


@pytest.mark.parametrize("hiding", ["shopper", "seller"])
def test_who_hides_marks_neither_shows_nor_sees_them(
    hiding: str, talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    hide(shopper if hiding == "shopper" else seller, "read")
    assert marks(client_of, shopper, talk) == {"consumer": 2, "seller": 0}
    assert marks(client_of, seller, talk) == {"consumer": 0, "seller": 1}
    for user in (shopper, seller):
        hide(user)
    for user in (shopper, seller):
        assert marks(client_of, user, talk) == {"consumer": 2, "seller": 1}


def test_a_shop_shows_the_furthest_of_those_who_show_theirs(
    talk: Conversation, shopper: User, seller: User, colleague: User, client_of: Any
) -> None:
    say(shopper, talk)
    mark_read(seller, talk.pk, 3)
    mark_read(colleague, talk.pk, 1)
    hide(seller, "read")
    assert marks(client_of, shopper, talk) == {"consumer": 2, "seller": 1}
    assert marks(client_of, colleague, talk) == {"consumer": 2, "seller": 3}
    assert marks(client_of, seller, talk) == {"consumer": 0, "seller": 3}


def test_the_own_badge_goes_on_working(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    hide(seller, "read")
    say(shopper, talk)
    assert unread_count(seller.pk) == 1
    mark_read(seller, talk.pk, 3)
    assert unread_count(seller.pk) == 0
    assert " data-unread " not in client_of(seller).get("/conversations/").text


def test_hidden_marks_stay_hidden_when_the_account_is_deleted(
    talk: Conversation, shopper: User, colleague: User, client_of: Any
) -> None:
    hide(colleague, "read")
    mark_read(colleague, talk.pk, 2)
    before = marks(client_of, shopper, talk)
    deletion.delete_account(colleague.pk)
    assert marks(client_of, shopper, talk) == before == {"consumer": 2, "seller": 1}


def test_the_same_choice_again_changes_nothing(seller: User, settings: Any) -> None:
    settings.PRESENCE_CHOICES_PER_HOUR = 1
    hide(seller, "read")
    before = PresenceChoice.objects.values().get()
    hide(seller, "read")
    assert PresenceChoice.objects.values().get() == before
    with pytest.raises(Refused, match="rate_limited"):
        hide(seller)
    assert PresenceChoice.objects.values().get() == before


def test_the_switches_are_on_the_account_page(shopper: User, seller: User, client_of: Any) -> None:
    profile = "/accounts/profile/"
    client = client_of(seller)
    assert client.get(profile).text.count('type="checkbox"') == 3
    form = {"next": profile, "shows_presence": "on"}
    assert client.post("/conversations/presence/", form)["Location"] == profile
    row = PresenceChoice.objects.get(user=seller)
    assert (row.hides_read, row.hides_typing, row.hides_presence) == (True, True, False)
    assert client.get(profile).text.count(" checked") == 1
    page = client_of(shopper).get("/conversations/presence/").text
    assert page.count('type="checkbox"') == 2
    form = {"next": "https://evil.example/", "shows_read": "on"}
    assert client_of(shopper).post("/conversations/presence/", form)["Location"] == (
        "/conversations/presence/"
    )
    assert PresenceChoice.objects.get(user=shopper).hides_typing


# -- Live --------------------------------------------------------------------------------------


async def opened(socket_of: Any, user: User, talk: Conversation) -> Socket:
    socket = await socket_of(user)
    await next_frame(socket, "session.ready")
    await open_again(socket, talk)
    return socket


async def open_again(socket: Socket, talk: Conversation) -> dict[str, int]:
    await send(socket, type="conversation.open", conversation=talk.pk, since=1)
    read: dict[str, int] = (await next_frame(socket, "conversation.state"))["read"]
    return read


async def kinds_until_message(socket: Socket) -> list[str]:
    """Return the marks and typing events that a socket gets until the next message."""
    kinds: list[str] = []
    while True:
        frame = await next_frame(socket, "conversation.read", "typing", "message.created")
        if frame["type"] == "message.created":
            return kinds
        kinds.append(frame["type"])


async def by_socket(user: User, talk: Conversation, socket: Socket, sequence: int) -> None:
    await send(socket, type="conversation.read", conversation=talk.pk, sequence=sequence)


async def by_request(user: User, talk: Conversation, socket: Socket, sequence: int) -> None:
    await sync_to_async(mark_read)(user, talk.pk, sequence)


async def in_the_list(user: User, talk: Conversation, socket: Socket, sequence: int) -> None:
    await sync_to_async(triage.mark_read)(user, [talk.pk])


@pytest.mark.parametrize("way", [by_socket, by_request, in_the_list])
@pytest.mark.parametrize("hiding", ["nobody", "reader", "other"])
async def test_marks_are_announced_to_those_who_may_know(
    way: Callable[..., Any],
    hiding: str,
    talk: Conversation,
    shopper: User,
    seller: User,
    colleague: User,
    socket_of: Any,
) -> None:
    if hiding != "nobody":
        await sync_to_async(hide)(seller if hiding == "reader" else shopper, "read")
    await sync_to_async(say)(shopper, talk)
    asking, reading, beside = [
        await opened(socket_of, user, talk) for user in (shopper, seller, colleague)
    ]
    await way(seller, talk, reading, 3)
    mark = await next_frame(beside, "conversation.read")
    assert (mark["side"], mark["user"], mark["sequence"]) == ("seller", seller.pk, 3)
    await next_frame(reading, "conversation.read")
    await sync_to_async(say)(colleague, talk)
    expected = ["conversation.read"] if hiding == "nobody" else []
    assert await kinds_until_message(asking) == expected


@pytest.mark.parametrize("hiding", ["nobody", "writer", "other"])
async def test_typing_is_shown_to_those_who_may_know(
    hiding: str,
    talk: Conversation,
    shopper: User,
    seller: User,
    colleague: User,
    socket_of: Any,
) -> None:
    if hiding != "nobody":
        await sync_to_async(hide)(seller if hiding == "writer" else shopper, "typing")
    asking, writing, beside = [
        await opened(socket_of, user, talk) for user in (shopper, seller, colleague)
    ]
    await send(writing, type="typing", conversation=talk.pk)
    assert (await next_frame(beside, "typing"))["user"] == seller.pk
    await sync_to_async(say)(colleague, talk)
    assert await kinds_until_message(asking) == (["typing"] if hiding == "nobody" else [])


async def test_a_shopper_who_has_joined_the_shop_learns_no_hidden_mark(
    talk: Conversation, shopper: User, seller: User, shop: Shop, socket_of: Any
) -> None:
    def join() -> None:
        User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
        ShopMemberFactory(shop=shop, user=shopper)
        hide(seller, "read", "typing")
        say(shopper, talk)

    await sync_to_async(join)()
    asking, reading = [await opened(socket_of, user, talk) for user in (shopper, seller)]
    await send(reading, type="typing", conversation=talk.pk)
    await sync_to_async(mark_read)(seller, talk.pk, 3)
    await sync_to_async(say)(seller, talk)
    assert await kinds_until_message(asking) == []


async def test_a_switch_reaches_the_open_pages_of_both_sides(
    talk: Conversation,
    shopper: User,
    seller: User,
    stranger: User,
    socket_of: Any,
) -> None:
    asking, answering = [await opened(socket_of, user, talk) for user in (shopper, seller)]
    await sync_to_async(hide)(seller, "read", "typing")
    for socket, read in ((asking, (2, 0)), (answering, (0, 1))):
        frame = await next_frame(socket, "presence.changed")
        assert frame == {"type": "presence.changed", "conversation": talk.pk}
        now = await open_again(socket, talk)
        assert (now["consumer"], now["seller"]) == read
    await send(asking, type="typing", conversation=talk.pk)
    await send(answering, type="typing", conversation=talk.pk)
    await sync_to_async(say)(seller, talk)
    for socket in (asking, answering):
        assert await kinds_until_message(socket) == []


async def test_without_an_event_the_next_look_finds_it(
    talk: Conversation, shopper: User, seller: User, socket_of: Any, settings: Any
) -> None:
    settings.PRESENCE_CHECK_SECONDS = settings.PRESENCE_PAUSE_SECONDS = 0.1
    asking = await opened(socket_of, shopper, talk)
    row = PresenceChoice(user=seller, hides_read=True, changed_at=timezone.now())
    await row.asave()
    await next_frame(asking, "presence.changed")
    assert (await open_again(asking, talk))["seller"] == 0
