"""Open pages get an announcement, its withdrawal and its badge over their sockets."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from messaging.consumers import ChatConsumer
from notifications import consumers
from notifications.announcements import actions, queries
from notifications.factories import AnnouncementFactory
from notifications.models import Announcement
from tests.said import say
from tests.sockets import next_frame, receives_nothing
from trato.realtime import groups
from trato.realtime.dataloader import DataLoader

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def send(lead: User, audience: str = "everyone") -> Announcement:
    row = AnnouncementFactory(audience=audience)
    return actions.send(lead, row.pk, "News", actions.version_of(row))


@sync_to_async
def withdraw(lead: User, row: Announcement) -> None:
    actions.withdraw(lead, row.pk, "Wrong")


async def ready(socket: Any) -> dict[str, Any]:
    return await next_frame(socket, "session.ready")


@pytest.mark.parametrize(
    ("audience", "reached"),
    [("shoppers", {"shopper"}), ("sellers", {"seller", "colleague"}),
     ("everyone", {"shopper", "seller", "colleague"})],
)  # fmt: skip
async def test_the_sockets_of_its_roles_get_it_and_no_others(
    audience: str, reached: set[str], shopper: User, seller: User, colleague: User, lead: User,
    socket_of: Any,
) -> None:  # fmt: skip
    people = {"shopper": shopper, "seller": seller, "colleague": colleague}
    sockets = {name: await socket_of(person) for name, person in people.items()}
    for socket in sockets.values():
        assert (await ready(socket))["unread"] == 0
    row = await send(lead, audience)
    for name in reached:
        frame = await next_frame(sockets[name], "announcement.sent", "badge")
        assert frame == {
            "type": "announcement.sent",
            "announcement": row.pk,
            "url": f"/notifications/announcement/{row.pk}/",
            "sent_at": row.at.isoformat(),
            "texts": {
                "en": {
                    "sender": "Announcement from Trato",
                    "title": "New prices",
                    "excerpt": "From May on, shipping costs less.",
                },
                "es": {
                    "sender": "Comunicado de Trato",
                    "title": "Precios nuevos",
                    "excerpt": "Desde mayo, el envío cuesta menos.",
                },
            },
        }
        badge = await next_frame(sockets[name], "badge")
        assert badge == {"type": "badge", "unread": 1, "notices": 1}
    for name in sockets.keys() - reached:
        assert await receives_nothing(sockets[name])
    await withdraw(lead, row)
    for name in reached:
        gone = await next_frame(sockets[name], "announcement.withdrawn", "badge")
        assert gone == {"type": "announcement.withdrawn", "announcement": row.pk}
        badge = await next_frame(sockets[name], "badge")
        assert badge == {"type": "badge", "unread": 0, "notices": 0}
    for name in sockets.keys() - reached:
        assert await receives_nothing(sockets[name])


async def test_all_tabs_of_a_reader_agree_and_nobody_elses_change(
    shopper: User, stranger: User, lead: User, socket_of: Any
) -> None:
    row = await send(lead)
    tabs = [await socket_of(shopper) for _ in range(2)]
    other = await socket_of(stranger)
    for socket in (*tabs, other):
        assert (await ready(socket))["notices"] == 1
    await sync_to_async(actions.mark_read)(shopper, row.pk)
    for socket in tabs:
        assert await next_frame(socket, "badge") == {"type": "badge", "unread": 0, "notices": 0}
    assert await receives_nothing(other)


async def test_messages_and_announcements_add_up(
    shopper: User, seller: User, lead: User, conversation: Any, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    await ready(socket)
    await sync_to_async(say)(seller, conversation)
    assert (await next_frame(socket, "badge"))["unread"] == 1
    row = await send(lead)
    assert await next_frame(socket, "badge") == {"type": "badge", "unread": 2, "notices": 1}
    await sync_to_async(say)(seller, conversation, "Still there?")
    await withdraw(lead, row)
    assert await next_frame(socket, "badge") == {"type": "badge", "unread": 1, "notices": 0}


async def test_who_starts_to_sell_gets_the_sellers_announcements(
    shopper: User, lead: User, socket_of: Any
) -> None:
    socket = await socket_of(shopper)
    await ready(socket)
    await send(lead, "sellers")
    assert await receives_nothing(socket)

    @sync_to_async
    def sell() -> None:
        User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
        groups.send([groups.user_group(shopper.pk)], {"type": "access.changed"})

    await sell()
    assert (await next_frame(socket, "badge"))["notices"] == 1
    await send(lead, "shoppers")
    assert await receives_nothing(socket)
    await send(lead, "sellers")
    assert (await next_frame(socket, "announcement.sent", "badge"))["type"] == "announcement.sent"


async def test_many_sockets_share_a_query(
    lead: User, socket_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[int]] = []

    def counting(keys: list[int]) -> dict[int, int]:
        asked.append({*keys})
        return queries.unread_counts(keys)

    monkeypatch.setattr(consumers, "changed_announcements", DataLoader.from_database(counting))
    people = await sync_to_async(UserFactory.create_batch)(4)
    sockets = [await socket_of(person) for person in people for _tab in range(2)]
    for socket in sockets:
        await ready(socket)
    monkeypatch.setattr(consumers, "SOCKET_SECONDS", 0)
    await send(lead)
    for socket in sockets:
        assert (await next_frame(socket, "badge"))["notices"] == 1
    assert asked == [{person.pk for person in people}]


async def test_a_heartbeat_corrects_what_expired_or_was_lost(
    shopper: User, lead: User, socket_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await socket_of(shopper)
    await ready(socket)
    (own,) = beating()
    with monkeypatch.context() as lost:
        lost.setattr(groups.Hub, "receive", lambda *args: None)
        await send(lead)
    assert await receives_nothing(socket)
    await ChatConsumer.beat([own])
    assert (await next_frame(socket, "badge"))["notices"] == 1
    expired = timezone.now() - timedelta(seconds=1)
    await sync_to_async(Announcement.objects.update)(expires_at=expired)
    await ChatConsumer.beat([own])
    assert (await next_frame(socket, "badge"))["notices"] == 0


def beating() -> set[Any]:
    """Return this process's sockets."""
    subscribers = groups._hub().subscribers
    return {one for group in ("shoppers", "sellers") for one in subscribers.get(group, ())}


async def test_without_the_database_the_socket_stays_open(
    shopper: User, lead: User, socket_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await socket_of(shopper)
    await ready(socket)

    def away(keys: list[int]) -> dict[int, int]:
        raise DatabaseError("away")

    loader = consumers.changed_announcements
    monkeypatch.setattr(consumers, "changed_announcements", DataLoader.from_database(away))
    await send(lead)
    assert await receives_nothing(socket)
    monkeypatch.setattr(consumers, "changed_announcements", loader)
    await send(lead)
    assert (await next_frame(socket, "badge"))["notices"] == 2
