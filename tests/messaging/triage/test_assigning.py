"""Only a shop's team may assign its conversations or hear who is assigned. Labels work the same."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory, ShopMemberFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation, ConversationLabel, Label, TeamState
from tests.patience import PATIENCE
from tests.rulings import suspend

pytestmark = pytest.mark.django_db

Many = Callable[[int], list[Conversation]]


def assignee(conversation: Conversation) -> User | None:
    conversation.refresh_from_db()
    return conversation.assignee


def test_assign_take_and_undo(
    talk: Conversation, seller: User, colleague: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    answer = act(client, "assign", [talk.pk], user=colleague.pk)
    assert answer["done"] == [talk.pk]
    assert assignee(talk) == colleague
    taken = act(client_of(colleague), "assign", [talk.pk], user=seller.pk)
    assert act(client, "undo", token=answer["undo"])["failed"] == {str(talk.pk): "conflict"}
    assert assignee(talk) == seller
    assert act(client_of(colleague), "undo", token=taken["undo"])["done"] == [talk.pk]
    assert assignee(talk) == colleague
    act(client, "assign", [talk.pk], user="")
    assert assignee(talk) is None


def test_a_later_assignment_to_the_same_person_is_not_undone(
    talk: Conversation, seller: User, colleague: User, act: Any, client_of: Any
) -> None:
    client, other = client_of(seller), client_of(colleague)
    answer = act(client, "assign", [talk.pk], user=seller.pk)
    act(other, "assign", [talk.pk], user=colleague.pk)
    act(other, "assign", [talk.pk], user=seller.pk)
    assert act(client, "undo", token=answer["undo"])["failed"] == {str(talk.pk): "conflict"}
    assert assignee(talk) == seller


def test_what_a_colleague_has_just_taken_is_not_taken_away(
    talk: Conversation, seller: User, colleague: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    assert act(client_of(colleague), "assign", [talk.pk], user=colleague.pk, expected="")["done"]
    answer = act(client, "assign", [talk.pk], user=seller.pk, expected="")
    assert answer["failed"] == {str(talk.pk): "conflict"}
    assert assignee(talk) == colleague
    answer = act(client, "assign", [talk.pk], user=seller.pk, expected=colleague.pk)
    assert (answer["done"], assignee(talk)) == ([talk.pk], seller)


def test_who_has_left_is_shown_as_nobody_and_expected_so(
    talk: Conversation, seller: User, former_colleague: User, act: Any, client_of: Any
) -> None:
    Conversation.objects.filter(pk=talk.pk).update(assignee=former_colleague)
    answer = act(client_of(seller), "assign", [talk.pk], user=seller.pk, expected="")
    assert (answer["done"], assignee(talk)) == ([talk.pk], seller)


def test_an_assignment_to_no_one_named_is_refused(
    talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    act(client_of(seller), "assign", [talk.pk], user=seller.pk)
    answer = act(client_of(seller), "assign", [talk.pk], status=400)
    assert (answer["code"], assignee(talk)) == ("invalid", seller)


@pytest.mark.parametrize(
    "person", ["former_colleague", "other_seller", "stranger", "moderator", "shopper"]
)
def test_only_members_of_the_shop_can_be_assigned(
    person: str,
    talk: Conversation,
    seller: User,
    act: Any,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    user = request.getfixturevalue(person)
    answer = act(client_of(seller), "assign", [talk.pk], user=user.pk, status=404)
    assert answer["code"] == "not_found"
    assert act(client_of(seller), "assign", [talk.pk], user=10**12, status=404) == answer
    assert act(client_of(seller), "assign", [talk.pk], user="x", status=404) == answer
    assert assignee(talk) is None
    assert not TeamState.objects.exists()


def test_a_suspended_colleague_cannot_be_assigned(
    talk: Conversation, seller: User, colleague: User, moderator: User, act: Any, client_of: Any
) -> None:
    suspend(moderator, colleague.pk, "Scam")
    act(client_of(seller), "assign", [talk.pk], user=colleague.pk, status=404)
    assert assignee(talk) is None


def test_a_colleague_of_one_shop_is_not_one_of_another(
    talk: Conversation, seller: User, colleague: User, stranger: User, act: Any, client_of: Any
) -> None:
    from messaging.factories import ConversationFactory

    other = ConversationFactory(consumer=stranger, shop=ShopFactory(owner=seller))
    answer = act(client_of(seller), "assign", [talk.pk, other.pk], user=colleague.pk)
    assert answer["done"] == [talk.pk]
    assert answer["failed"] == {str(other.pk): "not_found"}


@pytest.mark.parametrize("name", ["assign", "label", "unlabel"])
def test_a_shopper_does_not_act_for_the_shop(
    name: str, talk: Conversation, shopper: User, seller: User, urgent: Label, act: Any,
    client_of: Any,
) -> None:  # fmt: skip
    client = client_of(shopper)
    if name == "assign":
        answer = act(client, name, [talk.pk], user="")
        assert answer["failed"] == {str(talk.pk): "forbidden"}
        act(client, name, [talk.pk], user=seller.pk, status=404)
    else:
        unknown = act(client, name, [talk.pk], label=10**9, status=404)
        assert act(client, name, [talk.pk], label=urgent.pk, status=404) == unknown
    assert not TeamState.objects.exists()
    assert not ConversationLabel.objects.exists()


def test_many_take_as_many_queries_as_one(
    seller: User, colleague: User, urgent: Label, many: Many, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    for name, fields in (("assign", {"user": colleague.pk}), ("label", {"label": urgent.pk})):
        costs = []
        for number in (1, 30):
            ids = [row.pk for row in many(number)]
            with CaptureQueriesContext(connection) as queries:
                answer = act(client, name, ids, **fields)
            cost = len(queries)
            with CaptureQueriesContext(connection) as queries:
                assert act(client, "undo", token=answer["undo"])["done"] == ids
            costs.append((cost, len(queries)))
        assert costs[0] == costs[1]
        assert max(costs[0]) <= 25  # eight of them for savepoints


@pytest.mark.django_db(transaction=True)
async def test_only_the_team_hears_of_it(
    talk: Conversation,
    seller: User,
    colleague: User,
    shopper: User,
    urgent: Label,
    act: Any,
    client_of: Any,
    socket_of: Any,
) -> None:
    before = await Conversation.objects.values("revision", "last_sequence").aget()
    sockets = {user: await socket_of(user) for user in (colleague, shopper)}
    for socket in sockets.values():
        assert (await socket.receive_json_from(timeout=PATIENCE))["type"] == "session.ready"
    client = await sync_to_async(client_of)(seller)
    await sync_to_async(act)(client, "assign", [talk.pk], user=seller.pk)
    await sync_to_async(act)(client, "label", [talk.pk], label=urgent.pk)
    heard = [await sockets[colleague].receive_json_from(timeout=PATIENCE) for _ in range(2)]
    head = {"type": "team.changed", "conversation": talk.pk}
    person = {"id": seller.pk, "name": seller.name}
    line = {"team_revision": 2, "actor": person, "assignee": person, "by_reply": False}
    assert heard[0]["line"].pop("created_at")
    assert heard == [
        head | {"team_revision": 2, "assignee": person, "line": line},
        head | {"team_revision": 3, "labels": [urgent.pk]},
    ]
    assert await sockets[shopper].receive_nothing()
    assert await Conversation.objects.values("revision", "last_sequence").aget() == before


def test_nobody_is_assigned_what_they_have_asked_themselves(
    talk: Conversation, shop: Shop, seller: User, other_seller: User, act: Any, client_of: Any
) -> None:
    asked = ConversationFactory(consumer=other_seller, product=ProductFactory(shop=shop))
    ShopMemberFactory(shop=shop, user=other_seller)
    answer = act(client_of(seller), "assign", [talk.pk, asked.pk], user=other_seller.pk)
    assert (answer["done"], answer["failed"]) == ([talk.pk], {str(asked.pk): "not_found"})
