"""A message with a given text."""

from collections.abc import Callable

import pytest

from messaging.factories import MessageFactory
from messaging.models import Conversation, Message


@pytest.fixture
def said(conversation: Conversation) -> Callable[[str], Message]:
    """`said(text)` stores a message from the shopper."""

    def say(text: str) -> Message:
        return MessageFactory(conversation=conversation, body=text)

    return say
