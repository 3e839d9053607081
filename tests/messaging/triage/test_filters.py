"""An action on everything that a filter finds."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, Participant
from messaging.triage import labels
from tests.said import say

pytestmark = pytest.mark.django_db

Many = Callable[[int], list[Conversation]]


@pytest.fixture
def asked(many: Many) -> list[Conversation]:
    rows = many(3)
    for row in rows:
        say(row.consumer, row, "Is it glazed?")
    return rows


def test_all_of_a_lane_and_of_a_search(
    asked: list[Conversation], seller: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    first = asked[0]
    say(seller, first, "Yes, it is.")
    answer = act(client, "star", filter="?lane=ours")
    assert sorted(answer["done"]) == [row.pk for row in asked[1:]]
    assert act(client, "archive", filter="q=yes")["done"] == [first.pk]
    assert sorted(act(client, "unstar", filter="starred=1")["done"]) == sorted(answer["done"])
    assert not Participant.objects.filter(starred_at__isnull=False).exists()


def test_too_many_are_refused_and_nothing_is_done(
    asked: list[Conversation], seller: User, act: Any, client_of: Any, settings: Any
) -> None:
    settings.ACT_CONVERSATIONS_MAX = 2
    answer = act(client_of(seller), "star", filter="", status=400)
    assert "at most 2" in answer["detail"]
    assert not Participant.objects.filter(starred_at__isnull=False).exists()
    settings.ACT_CONVERSATIONS_MAX = 3
    assert len(act(client_of(seller), "star", filter="")["done"]) == 3


def test_a_filter_finds_only_ones_own(
    asked: list[Conversation], shop: Shop, seller: User, other_seller: User, act: Any,
    client_of: Any,
) -> None:  # fmt: skip
    label = labels.create(seller, shop.pk, "Urgent", "red")
    client = client_of(other_seller)
    act(client, "star", filter="", status=400)
    form = {"act": "star", "filter": f"label={label.pk}"}
    assert client.post("/conversations/acts/", form).status_code == 404
    assert not Participant.objects.filter(starred_at__isnull=False).exists()
    act(client_of(seller), "label", [asked[0].pk], label=label.pk)
    answer = act(client_of(seller), "star", filter=f"label={label.pk}")
    assert answer["done"] == [asked[0].pk]
