"""Forms and URLs of saved replies."""

from typing import Any

import pytest

from catalog.models import Shop
from messaging.factories import SavedReplyFactory
from messaging.models import Conversation, SavedReply


@pytest.fixture
def reply(shop: Shop) -> SavedReply:
    """A reply of the shop."""
    body = "Hi {{ shopper }}, the {{ product }} costs {{ price }}. {{ me }}, {{ shop }}"
    return SavedReplyFactory(shop=shop, name="Price", short="price", body=body)


@pytest.fixture
def form() -> dict[str, Any]:
    """The values that the form for a new reply sends."""
    return {"name": "Shipping", "short": "shipping", "body": "We ship on Mondays, {{ shopper }}."}


@pytest.fixture
def address(conversation: Conversation) -> str:
    """The URL where the composer gets its replies."""
    return f"{conversation.get_absolute_url()}saved-replies/"
