"""Past messages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Message
from tests.messaging.rule_lab.trying import PHONE

Wrote = Callable[..., Message]


@pytest.fixture(autouse=True)
def no_pause(settings: Any) -> None:
    settings.RULE_LAB_PAUSE_SECONDS = 0


@pytest.fixture
def wrote(product: Product) -> Wrote:
    """`wrote(PHONE, age=2, days_ago=1)`: a message from a person whose account was this old."""

    def write(
        body: str = PHONE,
        *,
        age: float = 100,
        days_ago: float = 1,
        by: User | None = None,
        talk: Conversation | None = None,
        **more: Any,
    ) -> Message:
        at = timezone.now() - timedelta(days=days_ago)
        if talk is None:
            person = UserFactory(date_joined=at - timedelta(days=age))
            talk = ConversationFactory(consumer=person, product=product)
        message: Message = MessageFactory(
            conversation=talk, sender=by or talk.consumer, body=body, created_at=at, **more
        )
        return message

    return write
