"""Each member of a shop chooses which of the shoppers' messages alert them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.models import AlertChoice, Conversation
from messaging.notes.actions import add as add_note
from messaging.reading.actions import mark_read
from messaging.sending import orm
from messaging.team.actions import set_alerts
from messaging.triage.actions import assign
from notifications.actions import mark_all_read
from notifications.models import Notification
from tests.conftest import ClientOf
from tests.messaging.sending.stores import attempt, stored
from tests.patience import PATIENCE
from tests.sockets import next_frame
from tests.unread import unread_count

pytestmark = pytest.mark.django_db(transaction=True)

Level = AlertChoice.Level
Ask = Callable[[], list[int]]
ADDRESS = "/conversations/team/"
needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")


@pytest.fixture(params=["request", pytest.param("statement", marks=needs_postgresql)])
def ask(
    request: pytest.FixtureRequest, shopper: User, seller: User, colleague: User,
    conversation: Conversation,
) -> Ask:  # fmt: skip
    """`ask()`: let the shopper write; return whose badges changed. Runs once for each store."""

    def one() -> list[int]:
        store: Any = orm.store if request.param == "request" else stored
        [sent] = store([attempt(shopper, conversation, uuid.uuid4(), "Hello")])
        return sorted(sent.badges)

    return one


@pytest.mark.parametrize(
    ("level", "alerting"),
    [
        (Level.ALL, {None, "seller", "colleague", "former_colleague"}),
        (Level.MINE_AND_NOBODYS, {None, "seller", "former_colleague"}),
        (Level.MINE, {"seller"}),
        (Level.NOTHING, set()),
    ],
)
@pytest.mark.parametrize("assignee", [None, "seller", "colleague", "former_colleague"])
def test_what_alerts_a_member(
    level: Level, alerting: set[str | None], assignee: str | None, ask: Ask, seller: User,
    colleague: User, shop: Shop, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    set_alerts(seller, shop.pk, level)
    if assignee:
        Conversation.objects.update(assignee=request.getfixturevalue(assignee))
    told = [seller, colleague] if assignee in alerting else [colleague]
    assert ask() == sorted(person.pk for person in told)
    assert unread_count(seller.pk) == (seller in told)
    assert ask() == []


def test_a_choice_applies_from_the_next_message_on(
    ask: Ask, seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    set_alerts(seller, shop.pk, Level.NOTHING)
    assert ask() == [colleague.pk]
    set_alerts(seller, shop.pk, Level.ALL)
    assert unread_count(seller.pk) == 0
    assert ask() == [seller.pk]
    set_alerts(seller, shop.pk, Level.NOTHING)
    assert unread_count(seller.pk) == 1  # what is unread stays unread
    mark_read(seller, conversation.pk, 2)
    assert ask() == []
    assert unread_count(seller.pk) == 0


def test_another_assignee_is_alerted_from_the_next_message_on(
    ask: Ask, seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    for person in (seller, colleague):
        set_alerts(person, shop.pk, Level.MINE)
    assign(colleague, [conversation.pk], colleague.pk)
    assert ask() == [colleague.pk]
    assign(colleague, [conversation.pk], seller.pk)
    mark_all_read(seller, notices_only=True)  # that it was assigned
    assert [unread_count(person.pk) for person in (seller, colleague)] == [0, 1]
    assert ask() == [seller.pk]
    assert [unread_count(person.pk) for person in (seller, colleague)] == [1, 1]


def test_a_choice_in_one_shop_says_nothing_about_another(
    ask: Ask, seller: User, colleague: User, other_seller: User
) -> None:
    theirs = Shop.objects.get(memberships__user=other_seller)
    ShopMemberFactory(shop=theirs, user=seller)
    set_alerts(seller, theirs.pk, Level.NOTHING)
    assert ask() == sorted([seller.pk, colleague.pk])


def test_a_mention_in_a_note_reaches_an_observer(
    seller: User, colleague: User, shop: Shop, conversation: Conversation
) -> None:
    set_alerts(colleague, shop.pk, Level.NOTHING)
    add_note(seller, conversation.pk, uuid.uuid4(), "@Iker is this right?")
    assert unread_count(colleague.pk) == 1
    assert Notification.objects.get(recipient=colleague).is_notice


def test_everybody_chooses_for_themselves(
    seller: User, colleague: User, shop: Shop, client_of: ClientOf
) -> None:
    page = client_of(colleague)
    form = {"shop": shop.pk, "act": "alerts"}
    assert page.post(ADDRESS, form | {"level": "mine"}).status_code == 302
    assert AlertChoice.objects.get().user == colleague
    assert 'value="mine" ' in page.get(ADDRESS).text.split("checked")[0][-80:]
    assert page.post(ADDRESS, form | {"level": "loud"}).status_code == 400
    assert AlertChoice.objects.get().level == "mine"
    warning = "Nobody is notified of unassigned"
    assert warning not in page.get(ADDRESS).text
    set_alerts(seller, shop.pk, Level.NOTHING)
    assert warning in page.get(ADDRESS).text
    page.post(ADDRESS, form | {"level": "all"})
    assert AlertChoice.objects.get().user == seller


def test_a_page_learns_what_to_announce(
    seller: User, colleague: User, shopper: User, shop: Shop, conversation: Conversation,
    client_of: ClientOf,
) -> None:  # fmt: skip
    def answers(person: User) -> tuple[bool, bool]:
        client = client_of(person)
        chosen = client.get("/conversations/muted/").json()["has_chosen"]
        return chosen, client.get(f"{conversation.get_absolute_url()}alerts/").json()["alerts"]

    set_alerts(seller, shop.pk, Level.MINE)
    assert answers(seller) == (True, False)
    assert answers(colleague) == (False, True)
    assert answers(shopper) == (False, True)
    assign(colleague, [conversation.pk], seller.pk)
    assert answers(seller) == (True, True)


async def test_a_persons_other_tabs_learn_of_the_choice(
    seller: User, colleague: User, shop: Shop, socket_of: Any
) -> None:
    own, others = await socket_of(seller), await socket_of(colleague)
    for socket in (own, others):
        await next_frame(socket, "session.ready")
    await sync_to_async(set_alerts)(seller, shop.pk, Level.MINE)
    assert await own.receive_json_from(timeout=PATIENCE) == {"type": "alerts.changed"}
    assert await others.receive_nothing()
