"""A shop's conversations at given times."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Shop
from messaging.factories import MessageFactory
from messaging.figures import actions
from messaging.figures.report import Figures
from messaging.models import Conversation, Message

Tell = Callable[..., Message]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def tell(conversation: Conversation, now: datetime) -> Tell:
    """`tell(person, 30)`: a message of 30 hours ago; `talk=` replaces the conversation."""

    def make(
        person: User, hours_ago: float, talk: Conversation = conversation, **given: Any
    ) -> Message:
        talk.refresh_from_db()
        at = now - timedelta(hours=hours_ago)
        return MessageFactory(conversation=talk, sender=person, created_at=at, **given)

    return make


@pytest.fixture
def figures(shop: Shop, now: datetime) -> Callable[..., Figures]:
    """`figures()`: the shop's figures, brought up to date."""

    def make(days: int = 30) -> Figures:
        actions.catch_up(shop.pk)
        return Figures(shop, days, now)

    return make
