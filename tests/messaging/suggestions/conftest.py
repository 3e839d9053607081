"""A shop that has answered before, and a question without an answer."""

from collections.abc import Callable

import pytest

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Message
from tests.said import say

Answered = Callable[..., Message]


@pytest.fixture
def answered(shop: Shop, seller: User) -> Answered:
    """`answered(question, answer)`: an answer of the shop, without a product unless `product=`."""

    def make(
        *words: str, product: Product | None = None, of: Shop = shop, by: User = seller
    ) -> Message:
        *questions, answer = words
        shopper = UserFactory(name="Nora Gil")
        about = {"product": product} if product else {"shop": of}
        talk = ConversationFactory(consumer=shopper, **about)
        for question in questions:
            say(shopper, talk, question)
        return say(by, talk, answer)

    return make


@pytest.fixture
def asked(conversation: Conversation, shopper: User) -> Conversation:
    """A question about the dishwasher is waiting for the shop."""
    say(shopper, conversation, "Hello! Can the bowl go into the dishwasher?")
    return conversation
