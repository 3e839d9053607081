"""The generic consumer: several classes in one process, `groups` of a class, and `send`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts.models import User
from catalog.models import Shop
from messaging import access
from messaging.consumers import ChatConsumer
from notifications.consumers import BadgeConsumer
from tests.patience import PATIENCE
from trato.realtime import groups
from trato.realtime.groups import Event
from trato.realtime.heartbeat import TimingWheel
from trato.realtime.sessions import announce_access_changed

pytestmark = pytest.mark.django_db(transaction=True)

Connect = Callable[[Any, User], Awaitable[Any]]


@pytest.fixture
def connect(client_of: Callable[[User], Client]) -> Connect:
    """`await connect(SomeConsumer, person)`: a socket served only by that consumer."""

    async def connected(consumer: Any, user: User) -> Any:
        client = await sync_to_async(client_of)(user)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies['sessionid'].value}"
        application = CookieMiddleware(consumer.as_asgi())
        headers = [(b"cookie", cookie.encode())]
        socket = WebsocketCommunicator(application, "/ws/", headers=headers)
        assert (await socket.connect(timeout=PATIENCE))[0]
        return socket

    return connected


async def next_frame(socket: Any) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await socket.receive_from(PATIENCE))
    return frame


def classes_in(group: str) -> set[type]:
    return {type(socket) for socket in groups._hub().subscribers.get(group, ())}


async def test_two_consumer_classes_in_one_process_keep_their_own_groups(
    connect: Connect, seller: User, shop: Shop
) -> None:
    sockets = await asyncio.gather(connect(BadgeConsumer, seller), connect(ChatConsumer, seller))
    for socket in sockets:
        assert (await next_frame(socket))["type"] == "session.ready"
    own, shops = groups.user_group(seller.pk), access.seller_group(shop.pk)
    assert classes_in(own) == {BadgeConsumer, ChatConsumer}
    assert classes_in(shops) == {ChatConsumer}
    here: list[Any] = list(groups._hub().subscribers[own])
    before = {socket: socket.checked_at for socket in here}
    await sync_to_async(announce_access_changed)(seller.pk)
    async with asyncio.timeout(PATIENCE):
        while any(socket.checked_at == time for socket, time in before.items()):
            await asyncio.sleep(0)
    assert classes_in(shops) == {ChatConsumer}
    for socket in sockets:
        await socket.disconnect(timeout=PATIENCE)


async def test_the_heartbeat_calls_each_class_with_its_own_sockets() -> None:
    calls: list[tuple[type, list[Any]]] = []

    class One:
        @classmethod
        async def beat(cls, sockets: list[Any]) -> None:
            calls.append((cls, sockets))
            if cls is One:
                raise ValueError

    class Other(One):
        pass

    one, other = One(), Other()
    await TimingWheel().beat([one, other])
    assert calls == [(One, [one]), (Other, [other])]


async def test_a_consumer_class_can_name_further_groups(connect: Connect, shopper: User) -> None:
    class Announcing(BadgeConsumer):
        groups = ["announcements"]  # noqa: RUF012 – as in Channels' documentation
        event_types = BadgeConsumer.event_types | {"announcement"}

        def announcement(self, event: Event) -> None:
            self.send_frame(event["frame"])

    socket = await connect(Announcing, shopper)
    assert (await next_frame(socket))["type"] == "session.ready"
    groups.send(["announcements"], {"type": "announcement", "frame": '{"type":"hello"}'})
    assert await next_frame(socket) == {"type": "hello"}
    await socket.disconnect(timeout=PATIENCE)
    assert groups.count("announcements") == 0


async def test_channels_send_takes_its_turn_behind_frames_that_are_waiting(
    connect: Connect, shopper: User
) -> None:
    class Talking(BadgeConsumer):
        async def receive(self, text_data: str | None = None, bytes_data: Any = None) -> None:
            self.send_frame('{"number":1}')
            await self.send('{"number":2}')
            self.send_frame('{"number":3}')

    socket = await connect(Talking, shopper)
    assert (await next_frame(socket))["type"] == "session.ready"
    await socket.send_to(text_data="go")
    assert [(await next_frame(socket))["number"] for _ in range(3)] == [1, 2, 3]
    await socket.disconnect(timeout=PATIENCE)
