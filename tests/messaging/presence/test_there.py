"""Shoppers see that somebody from the shop is there, but not who, and only while it is true."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.models import Shop, ShopMember
from messaging.models import Conversation, LastActive
from messaging.presence.actions import choose, note_active
from messaging.presence.queries import shops_there
from tests.said import say
from tests.sockets import Socket, next_frame, send

pytestmark = pytest.mark.django_db(transaction=True)


async def opened(socket_of: Any, user: User, talk: Conversation) -> Socket:
    socket = await socket_of(user)
    await next_frame(socket, "session.ready")
    await send(socket, type="conversation.open", conversation=talk.pk, since=0)
    await next_frame(socket, "conversation.state")
    return socket


async def someone_is_there(socket_of: Any, user: User) -> Socket:
    socket = await socket_of(user)
    await next_frame(socket, "session.ready")
    await send(socket, type="active")
    return socket


def gone() -> None:
    LastActive.objects.update(active_at=timezone.now() - timedelta(seconds=61))


async def test_a_shopper_sees_who_comes_and_that_they_have_gone(
    conversation: Conversation, shopper: User, seller: User, socket_of: Any, settings: Any
) -> None:
    settings.PRESENCE_CHECK_SECONDS = settings.PRESENCE_PAUSE_SECONDS = 0.1
    asking = await opened(socket_of, shopper, conversation)
    await someone_is_there(socket_of, seller)
    frame = await next_frame(asking, "presence")
    assert frame == {"type": "presence", "conversation": conversation.pk, "active": True}
    again = await opened(socket_of, shopper, conversation)  # after a reconnect
    assert (await next_frame(again, "presence"))["active"] is True
    await sync_to_async(gone)()
    for socket in (asking, again):
        assert (await next_frame(socket, "presence"))["active"] is False


async def test_a_shop_learns_nothing_of_its_shoppers_nor_of_itself(
    conversation: Conversation, shopper: User, seller: User, colleague: User, socket_of: Any
) -> None:
    asking = await opened(socket_of, shopper, conversation)
    answering = await opened(socket_of, colleague, conversation)
    await send(asking, type="active")
    await someone_is_there(socket_of, seller)
    await next_frame(asking, "presence")
    await sync_to_async(say)(shopper, conversation)
    kinds = [(await next_frame(answering, "presence", "message.created"))["type"]]
    assert kinds == ["message.created"]
    assert [row.user_id async for row in LastActive.objects.all()] == [seller.pk]


async def test_being_there_is_stored_at_most_twice_in_its_time(
    seller: User, socket_of: Any, settings: Any
) -> None:
    socket = await someone_is_there(socket_of, seller)
    while not await LastActive.objects.aexists():
        await send(socket, type="active")
    first = await LastActive.objects.aget()
    for _ in range(3):
        await send(socket, type="active")
    await send(socket, type="conversation.open", conversation=0, since=0)
    await next_frame(socket, "error")
    assert await LastActive.objects.aget() == first
    assert (await LastActive.objects.aget()).active_at == first.active_at


def test_only_members_who_show_it_count(
    shop: Shop, seller: User, colleague: User, other_seller: User, shopper: User
) -> None:
    note_active([seller.pk, other_seller.pk, shopper.pk])
    elsewhere = Shop.objects.get(slug="north-loom")
    both = [shop.pk, elsewhere.pk]
    assert shops_there(both) == set(both)
    choose(seller, shows_read=True, shows_typing=True, shows_presence=False)
    assert shops_there(both) == {elsewhere.pk}
    note_active([colleague.pk])
    assert shops_there(both) == set(both)
    ShopMember.objects.filter(user=colleague).delete()
    assert shops_there(both) == {elsewhere.pk}
    note_active([seller.pk])
    choose(seller, shows_read=False, shows_typing=True)  # presence stays as before
    assert shops_there(both) == {elsewhere.pk}
    choose(seller, shows_read=True, shows_typing=True, shows_presence=True)
    assert shops_there(both) == set(both)
    gone()
    assert shops_there(both) == set()


def test_a_deleted_account_hides_no_colleague(shop: Shop, seller: User) -> None:
    note_active([seller.pk, seller.pk + 1000])
    assert shops_there([shop.pk]) == {shop.pk}


def test_a_suspended_or_deleted_member_is_not_there(
    shop: Shop, seller: User, colleague: User
) -> None:
    note_active([colleague.pk])
    deletion.delete_account(colleague.pk)
    assert (shops_there([shop.pk]), LastActive.objects.exists()) == (set(), False)
    note_active([seller.pk])
    User.objects.filter(pk=seller.pk).update(is_active=False)
    assert shops_there([shop.pk]) == set()
