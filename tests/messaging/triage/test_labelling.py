"""Only a shop's team may label its conversations, and only the team hears about it."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from catalog.factories import ShopFactory
from messaging.models import Conversation, ConversationLabel, Label, TeamState
from messaging.triage import labels
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db

Many = Callable[[int], list[Conversation]]


def test_label_unlabel_and_undo(
    talk: Conversation, seller: User, urgent: Label, act: Any, client_of: Any
) -> None:
    client, on = client_of(seller), ConversationLabel.objects.filter(conversation=talk)
    answer = act(client, "label", [talk.pk], label=urgent.pk)
    assert (answer["done"], on.get().label) == ([talk.pk], urgent)
    assert act(client, "label", [talk.pk], label=urgent.pk)["undo"] == ""
    removed = act(client, "unlabel", [talk.pk], label=urgent.pk)
    assert not on.exists()
    assert act(client, "undo", token=removed["undo"])["done"] == [talk.pk]
    assert on.exists()
    again = act(client, "undo", token=removed["undo"])
    assert (again["done"], again["failed"]) == ([talk.pk], {})
    assert TeamState.objects.get().team_revision == 3


def test_labels_of_another_shop_do_not_exist(
    talk: Conversation, seller: User, other_seller: User, urgent: Label, act: Any, client_of: Any,
    stranger: User,
) -> None:  # fmt: skip
    client = client_of(other_seller)
    assert act(client, "label", [talk.pk], label=urgent.pk, status=404)["code"] == "not_found"
    mine = labels.create(seller, ShopFactory(owner=seller).pk, "Mine", "blue")
    answer = act(client_of(seller), "label", [talk.pk], label=mine.pk)
    assert answer["failed"] == {str(talk.pk): "not_found"}
    assert not ConversationLabel.objects.exists()
    act(client_of(seller), "label", [talk.pk], label=urgent.pk)
    assert ConversationLabel.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_a_changed_label_is_one_frame_for_each_member(
    talk: Conversation,
    seller: User,
    colleague: User,
    shopper: User,
    urgent: Label,
    many: Many,
    act: Any,
    client_of: Any,
    socket_of: Any,
) -> None:
    rows, client = await sync_to_async(many)(3), await sync_to_async(client_of)(seller)
    await sync_to_async(act)(client, "label", [row.pk for row in rows], label=urgent.pk)
    sockets = {user: await socket_of(user) for user in (colleague, shopper)}
    for socket in sockets.values():
        assert (await socket.receive_json_from(timeout=PATIENCE))["type"] == "session.ready"
    await sync_to_async(labels.change)(seller, urgent.pk, "Soon", "amber")
    await sync_to_async(labels.delete)(seller, urgent.pk)
    heard = [await sockets[colleague].receive_json_from(timeout=PATIENCE) for _ in range(2)]
    head = {"type": "labels.changed", "shop": urgent.shop_id}
    item = {"id": urgent.pk, "name": "Soon", "colour": "amber"}
    assert heard == [
        head | {"changed": [item], "deleted": []},
        head | {"changed": [], "deleted": [urgent.pk]},
    ]
    for socket in sockets.values():
        assert await socket.receive_nothing()
