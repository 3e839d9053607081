"""The people in the tests that compare the two stores, and what two of them have said."""

import uuid

import pytest

from accounts.models import User
from messaging import actions
from messaging.models import Conversation


@pytest.fixture
def cast(
    shopper: User, seller: User, colleague: User, stranger: User, former_colleague: User
) -> list[User]:
    return [shopper, seller, colleague, stranger, former_colleague]


@pytest.fixture
def talk(conversation: Conversation, shopper: User, colleague: User) -> Conversation:
    """A question and two answers, sent with the actions."""
    for sender, words in (
        (shopper, "My phone is secret"),
        (colleague, "We have two left"),
        (shopper, "Thanks, secret friend"),
    ):
        actions.send(sender, conversation.pk, uuid.uuid4(), words)
    conversation.refresh_from_db()
    return conversation
