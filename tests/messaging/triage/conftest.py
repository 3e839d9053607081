"""Act on conversations through their URL, as a script does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Label
from messaging.triage import labels

Act = Callable[..., dict[str, Any]]


@pytest.fixture
def act() -> Act:
    """`act(client, "star", [1, 2])`: the JSON response."""

    def perform(
        client: Client, name: str, ids: list[int] | None = None, status: int = 200, **fields: Any
    ) -> dict[str, Any]:
        form = {"act": name, "conversation": ids or [], **fields}
        answer = client.post("/conversations/acts/", form, headers={"Accept": "application/json"})
        assert answer.status_code == status, answer.text
        outcome: dict[str, Any] = answer.json()
        return outcome

    return perform


@pytest.fixture
def many(shop: Shop) -> Callable[[int], list[Conversation]]:
    """`many(3)`: more conversations of the shop, with a message each."""

    def make(number: int) -> list[Conversation]:
        rows: list[Conversation] = [
            ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
            for _ in range(number)
        ]
        for row in rows:
            MessageFactory(conversation=row)
        return rows

    return make


@pytest.fixture
def urgent(seller: User, shop: Shop) -> Label:
    return labels.create(seller, shop.pk, "Urgent", "red")
