"""Only current members see a shop's news."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from accounts.models import User
from catalog import teams
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging import actions, client_frames
from messaging.models import Conversation
from messaging.sending import submit as sending
from notifications import actions as notifications
from notifications import queries
from notifications.models import Notification
from tests.patience import PATIENCE
from tests.unread import unread_count


async def next_frame(socket: Any, kind: str) -> dict[str, Any]:
    """Return the next frame of a type."""
    while True:
        frame: dict[str, Any] = json.loads(await socket.receive_from(PATIENCE))
        if frame["type"] == kind:
            return frame


Loss = Callable[[Shop, User, User], object]


def leave(shop: Shop, seller: User, colleague: User) -> None:
    teams.leave_shop(colleague, shop.pk)


def lose_the_role(shop: Shop, seller: User, colleague: User) -> None:
    User.objects.filter(pk=colleague.pk).update(role=User.Role.CONSUMER)


def be_suspended(shop: Shop, seller: User, colleague: User) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)


def get_back(shop: Shop, colleague: User) -> None:
    User.objects.filter(pk=colleague.pk).update(role=User.Role.SELLER, is_active=True)
    if not shop.memberships.filter(user=colleague).exists():
        ShopMemberFactory(shop=shop, user=colleague)


def say(person: User, conversation: Conversation, body: str = "My address is 5 Elm Road") -> None:
    actions.send(person, conversation.pk, uuid.uuid4(), body)


@pytest.fixture
def news(shopper: User, seller: User, colleague: User, conversation: Conversation) -> Notification:
    """The colleague has unread news of the shop, and some personal news."""
    say(shopper, conversation)
    notifications.notify(
        [colleague.pk],
        subject_kind="conversation",
        subject_id=conversation.pk + 1,
        title="A shop that was asked",
        excerpt="Yes, it is.",
        url="/",
    )
    return Notification.objects.get(recipient=colleague, news__subject_id=conversation.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("loss", [leave, lose_the_role, be_suspended])
def test_whoever_is_no_member_counts_only_their_own_news(
    loss: Loss, shop: Shop, seller: User, colleague: User, news: Notification
) -> None:
    people = [seller.pk, colleague.pk]
    assert queries.unread_counts(people) == {seller.pk: (1, 0), colleague.pk: (2, 0)}
    loss(shop, seller, colleague)
    assert queries.unread_counts(people) == {seller.pk: (1, 0), colleague.pk: (1, 0)}
    assert [unread_count(pk) for pk in people] == [1, 1]
    get_back(shop, colleague)
    assert queries.unread_counts(people) == {seller.pk: (1, 0), colleague.pk: (2, 0)}


@pytest.mark.django_db
@pytest.mark.parametrize("loss", [leave, lose_the_role])
def test_no_page_shows_the_words_of_a_shop_that_one_has_left(
    loss: Loss,
    shop: Shop,
    seller: User,
    shopper: User,
    colleague: User,
    news: Notification,
    client_of: Any,
) -> None:
    loss(shop, seller, colleague)
    for person, shown in ((colleague, False), (seller, True)):
        client = client_of(person)
        page = client.get("/notifications/").text
        assert ("Elm Road" in page) is (shopper.name in page) is shown
        latest = client.get("/notifications/unread/").json()
        assert ("Elm Road" in str(latest)) is shown
        assert latest["unread"] == 1
    assert client_of(colleague).post(f"/notifications/{news.pk}/read/").status_code == 404
    news.refresh_from_db()
    assert news.read_at is None


@pytest.mark.django_db
def test_news_written_while_somebody_leaves_are_not_shown_either(
    shop: Shop, seller: User, shopper: User, colleague: User, conversation: Conversation
) -> None:
    leave(shop, seller, colleague)
    for person in (seller, colleague):  # like a send that still treats them as members
        notifications.notify(
            [person.pk],
            subject_kind="conversation",
            subject_id=conversation.pk,
            title=shopper.name,
            excerpt="Late words",
            url="/",
            team_id=shop.pk,
        )
    assert queries.unread_counts([seller.pk, colleague.pk]) == {
        seller.pk: (1, 0),
        colleague.pk: (0, 0),
    }


@pytest.mark.django_db(transaction=True)
async def test_an_open_tab_counts_again_when_its_person_leaves_the_shop(
    shop: Shop, seller: User, colleague: User, news: Notification, socket_of: Any
) -> None:
    socket = await socket_of(colleague)
    assert (await next_frame(socket, "session.ready"))["unread"] == 2
    await sync_to_async(leave)(shop, seller, colleague)
    assert (await next_frame(socket, "badge"))["unread"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 2, 3, 5, 40])
def test_badges_of_many_are_those_of_each(
    number: int, shop: Shop, shopper: User, seller: User, colleague: User, news: Notification
) -> None:
    people = [seller.pk, colleague.pk, shopper.pk, *range(10**6, 10**6 + number)][-number - 1 :]
    assert queries.unread_counts(people) == {pk: (unread_count(pk), 0) for pk in people}
    assert queries.unread_counts([]) == {}


@pytest.mark.django_db
def test_members_are_told_as_members_and_shoppers_as_themselves(
    shopper: User, seller: User, conversation: Conversation, shop: Shop
) -> None:
    say(shopper, conversation)
    say(seller, conversation)
    assert dict(Notification.objects.values_list("recipient_id", "team_id")) == {
        seller.pk: shop.pk,
        shopper.pk: 0,
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
async def test_gathered_sends_tell_members_as_members(
    shopper: User, seller: User, conversation: Conversation, shop: Shop
) -> None:
    for person in (shopper, seller):
        await sending.submit(person, client_frames.Send(conversation.pk, uuid.uuid4(), "Hello"))
    told = [pair async for pair in Notification.objects.values_list("recipient_id", "team_id")]
    assert dict(told) == {seller.pk: shop.pk, shopper.pk: 0}
    await sending.close()
