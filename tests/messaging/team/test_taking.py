"""A reply takes a conversation that has no assignee."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop, ShopMember
from messaging import actions
from messaging.models import Conversation, ScheduledMessage, TeamState
from messaging.records import Attempt, Sent
from messaging.scheduled import delivery
from messaging.scheduled.actions import Plan, schedule
from messaging.sending import orm
from messaging.team import taking
from tests.conftest import ClientOf
from tests.said import say
from tests.sockets import message_frame, next_frame, send
from trato.clock import database_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def team(seller: User, colleague: User) -> None:
    """The shop has two members."""


def assignee(conversation: Conversation) -> User | None:
    conversation.refresh_from_db()
    return conversation.assignee


def committed(conversation: Conversation, person: User, **given: Any) -> Sent:
    """Store a reply without its effects, as if the process were killed after the commit."""
    attempt = Attempt(
        sender=person,
        conversation_id=conversation.pk,
        client_id=given.pop("client_id", None) or uuid.uuid4(),
        body="Yes",
        **given,
    )
    [sent] = orm.store([attempt])
    assert isinstance(sent, Sent), sent
    return sent


async def test_a_reply_on_the_socket_takes_it_and_the_team_sees_it(
    conversation: Conversation, seller: User, colleague: User, shopper: User, socket_of: Any
) -> None:
    sockets = [await socket_of(person) for person in (seller, colleague, shopper)]
    for socket in sockets:
        await next_frame(socket, "session.ready")
    await send(sockets[0], **message_frame(conversation, "Yes"))
    person = {"id": seller.pk, "name": seller.name}
    for socket in sockets[:2]:
        changed = await next_frame(socket, "team.changed")
        assert changed["line"].pop("created_at")
        assert changed == {
            "type": "team.changed",
            "conversation": conversation.pk,
            "team_revision": 1,
            "assignee": person,
            "line": {"team_revision": 1, "actor": person, "assignee": person, "by_reply": True},
        }
    await send(sockets[1], **message_frame(conversation, "And two left"))
    frames = [await next_frame(sockets[2], "message.created", "team.changed") for _ in range(2)]
    assert {frame["type"] for frame in frames} == {"message.created"}
    assert await sync_to_async(assignee)(conversation) == seller


@pytest.mark.parametrize("before", [None, "former_colleague", "suspended", "seller", "colleague"])
def test_a_reply_takes_only_what_no_current_member_has(
    before: str | None, conversation: Conversation, seller: User, colleague: User, shop: Shop,
    client_of: ClientOf, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    earlier: User | None = request.getfixturevalue(before) if before else None
    if before == "suspended":
        ShopMemberFactory(shop=shop, user=earlier)
    Conversation.objects.update(assignee=earlier)
    form = {"body": "Yes", "client_id": str(uuid.uuid4())}
    client_of(seller).post(f"{conversation.get_absolute_url()}new_message/", form)
    assert assignee(conversation) == (colleague if before == "colleague" else seller)
    is_changed = before not in ("seller", "colleague")
    assert TeamState.objects.filter(team_revision=1).exists() == is_changed


def test_a_scheduled_message_takes_it_for_its_author_once_it_is_sent(
    conversation: Conversation, colleague: User, shopper: User
) -> None:
    say(shopper, conversation)
    at = database_now() + timedelta(hours=3)
    plan = Plan(body="Yes", send_at=at, only_if_quiet=True)
    schedule(colleague, conversation.pk, uuid.uuid4(), plan)
    assert assignee(conversation) is None
    ScheduledMessage.objects.update(send_at=database_now() - timedelta(minutes=1))
    assert delivery.due() == 1
    assert assignee(conversation) == colleague


def test_shoppers_and_automatic_messages_take_nothing(
    conversation: Conversation, seller: User, shopper: User, shop: Shop
) -> None:
    say(shopper, conversation)
    assert not committed(conversation, seller, is_automatic=True).takes
    ShopMemberFactory(shop=shop, user=shopper)  # still the shopper of this conversation
    User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
    say(shopper, conversation)
    assert assignee(conversation) is None


def test_in_a_shop_of_one_there_is_nobody_to_tell(
    conversation: Conversation, seller: User, colleague: User
) -> None:
    ShopMember.objects.filter(user=colleague).delete()
    say(seller, conversation)
    assert assignee(conversation) is None


def test_owners_can_switch_it_off(
    conversation: Conversation, seller: User, shop: Shop, client_of: ClientOf
) -> None:
    page: Client = client_of(seller)
    address = "/conversations/team/"
    is_on = 'id="id_replying_takes" checked'
    assert is_on in page.get(address).text
    page.post(address, {"shop": shop.pk, "act": "rules"})
    assert is_on not in page.get(address).text
    say(seller, conversation)
    assert assignee(conversation) is None
    page.post(address, {"shop": shop.pk, "act": "rules", "replying_takes": "on"})
    say(seller, conversation)
    assert assignee(conversation) == seller


def test_the_first_of_two_replies_takes_it(
    conversation: Conversation, seller: User, colleague: User
) -> None:
    first, second = committed(conversation, colleague), committed(conversation, seller)
    assert (first.takes, second.takes) == (True, True)
    taking.replied([first, second])
    assert assignee(conversation) == colleague
    taking.replied([second])  # decided before the first was taken
    assert assignee(conversation) == colleague


def test_a_reply_that_a_killed_process_left_is_taken_when_it_is_repeated(
    conversation: Conversation, seller: User
) -> None:
    client_id = uuid.uuid4()
    committed(conversation, seller, client_id=client_id)
    assert assignee(conversation) is None
    assert not actions.send(seller, conversation.pk, client_id, "Yes").is_new
    assert assignee(conversation) == seller
