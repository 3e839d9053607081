"""Concurrent reads that finish in a different order: the newer result wins."""

import asyncio
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from catalog.teams import remove_member
from messaging import access, actions
from messaging import queries as messaging_queries
from messaging.consumers import ChatConsumer
from messaging.factories import ConversationFactory
from messaging.host import host
from messaging.models import Conversation
from notifications import consumers, queries
from tests.patience import PATIENCE
from tests.sockets import next_frame, send
from trato.realtime import background, groups, heartbeat
from trato.realtime.dataloader import DataLoader
from trato.realtime.sessions import announce_access_changed

pytestmark = pytest.mark.django_db(transaction=True)


class Held:
    """Wraps a function whose next call gets its result, but returns it only when released."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._next = threading.Event()
        self._answered, self._release = threading.Event(), threading.Event()

    def hold_next(self) -> None:
        self._next.set()

    def __call__(self, *args: Any) -> Any:
        answer = self._function(*args)
        if self._next.is_set():
            self._next.clear()
            self._answered.set()
            assert self._release.wait(PATIENCE)
        return answer

    async def is_held(self) -> None:
        assert await asyncio.to_thread(self._answered.wait, PATIENCE)

    def release(self) -> None:
        self._release.set()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def nothing_is_under_way() -> None:
    """Wait until everything requested has been answered and applied."""
    async with asyncio.timeout(PATIENCE):
        while any("DataLoader" in repr(task.get_coro()) for task in background.running):
            await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)


def sockets_in(group: str) -> set[Any]:
    return set(groups._hub().subscribers.get(group, ()))


async def store_message(person: User, conversation: Conversation) -> None:
    await sync_to_async(actions.send)(person, conversation.pk, uuid.uuid4(), "Hello")


async def check(person: User) -> None:
    await sync_to_async(announce_access_changed)(person.pk)


@pytest.fixture
def memberships(monkeypatch: pytest.MonkeyPatch) -> Held:
    """Hold the query for the shops that sellers work for."""
    held = Held(host.shops_of)
    monkeypatch.setattr(host, "shops_of", held)
    return held


async def test_a_badge_counted_earlier_never_replaces_a_later_one(
    shopper: User,
    seller: User,
    shop: Shop,
    conversation: Conversation,
    socket_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = Held(queries.unread_counts)
    monkeypatch.setattr(consumers, "changed_badges", DataLoader.from_database(count))
    other = await sync_to_async(ConversationFactory)(consumer=shopper, product=None, shop=shop)
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    count.hold_next()
    await store_message(shopper, conversation)
    await count.is_held()
    await store_message(shopper, other)
    assert (await next_frame(socket, "badge"))["unread"] == 2
    count.release()
    await nothing_is_under_way()
    await send(socket, type="conversation.open", conversation=other.pk, since=0)
    assert (await next_frame(socket, "badge", "conversation.state"))["type"] == "conversation.state"


async def test_a_heartbeats_older_count_does_not_replace_a_badge(
    shopper: User,
    seller: User,
    conversation: Conversation,
    socket_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    count = Held(queries.unread_counts)
    monkeypatch.setattr(queries, "unread_counts", count)
    count.hold_next()
    (member,) = sockets_in(groups.user_group(seller.pk))
    beat = asyncio.create_task(consumers.BadgeConsumer.beat([member]))
    await count.is_held()
    await store_message(shopper, conversation)
    assert (await next_frame(socket, "badge"))["unread"] == 1
    count.release()
    await beat
    assert member.unread == (1, 0)


async def test_a_check_begun_before_a_removal_does_not_let_a_colleague_back_in(
    shop: Shop, seller: User, colleague: User, socket_of: Any, memberships: Held
) -> None:
    group = access.seller_group(shop.pk)
    socket = await socket_of(colleague)
    await next_frame(socket, "session.ready")
    (member,) = sockets_in(group)
    memberships.hold_next()
    await check(colleague)
    await memberships.is_held()
    await sync_to_async(remove_member)(seller, shop.pk, colleague.pk)
    await until(lambda: not sockets_in(group))
    memberships.release()
    await nothing_is_under_way()
    assert not sockets_in(group)
    assert group not in member.joined
    assert sockets_in(groups.user_group(colleague.pk)) == {member}


async def test_a_removal_while_a_colleague_connects_is_heard(
    shop: Shop, seller: User, colleague: User, socket_of: Any, memberships: Held
) -> None:
    group = access.seller_group(shop.pk)
    memberships.hold_next()
    socket = await socket_of(colleague)
    await memberships.is_held()
    await sync_to_async(remove_member)(seller, shop.pk, colleague.pk)
    memberships.release()
    await next_frame(socket, "session.ready")
    await until(lambda: not sockets_in(group))
    assert sockets_in(groups.user_group(colleague.pk))


async def test_a_conversation_that_is_being_opened_survives_a_change_of_groups(
    seller: User, conversation: Conversation, socket_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is being read, its socket doesn't know yet which groups it belongs in."""
    read = Held(access.conversation_for)
    monkeypatch.setattr(access, "conversation_for", read)
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    (member,) = sockets_in(groups.user_group(seller.pk))
    read.hold_next()
    await send(socket, type="conversation.open", conversation=conversation.pk, since=0)
    await read.is_held()
    other = await sync_to_async(ShopMemberFactory)(user=seller)
    await check(seller)
    await until(lambda: sockets_in(access.seller_group(other.shop_id)) == {member})
    await nothing_is_under_way()
    read.release()
    await next_frame(socket, "conversation.state")
    assert conversation.pk in member.conversations


async def test_a_conversation_read_before_a_removal_is_not_open_after_it(
    shop: Shop,
    seller: User,
    colleague: User,
    conversation: Conversation,
    socket_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marks = Held(messaging_queries.read_marks)
    monkeypatch.setattr(messaging_queries, "read_marks", marks)
    socket = await socket_of(colleague)
    await next_frame(socket, "session.ready")
    (member,) = sockets_in(groups.user_group(colleague.pk))
    marks.hold_next()
    await send(socket, type="conversation.open", conversation=conversation.pk, since=0)
    await marks.is_held()
    await sync_to_async(remove_member)(seller, shop.pk, colleague.pk)
    await until(lambda: not (sockets_in(access.seller_group(shop.pk))))
    marks.release()
    frame = await next_frame(socket, "conversation.state", "error")
    assert (frame["type"], frame.get("code")) == ("error", "not_found")
    assert list(member.conversations) == []


@pytest.mark.parametrize("goes", ["before", "after"])
async def test_a_socket_that_closes_while_it_joins_is_in_no_group(
    goes: str, seller: User, shop: Shop, socket_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[Any] = []

    def set_groups(self: ChatConsumer, due: set[str]) -> Any:
        if goes == "before":
            self.leave_all()  # as if its client left at this moment
        joining = original(self, due)
        if goes == "after":
            self.leave_all()
        gone.append(self)
        return joining

    original = ChatConsumer.set_groups
    monkeypatch.setattr(ChatConsumer, "set_groups", set_groups)
    await socket_of(seller)
    await until(lambda: bool(gone))
    await nothing_is_under_way()
    assert not any(gone[0] in members for members in groups._hub().subscribers.values())
    assert gone[0] not in heartbeat._wheel().slot_of
