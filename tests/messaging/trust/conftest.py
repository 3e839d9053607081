"""Shoppers who write to many shops."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from messaging import actions
from messaging.models import Conversation
from messaging.records import Held, Sent

TEXT = "Hello {}! I sell the same things for half the price, ask me for my list before you buy more"

Ask = Callable[..., Sent | Held]


def of_age(person: User, days: int) -> User:
    """Make an account some days old."""
    person.date_joined = timezone.now() - timedelta(days=days)
    person.save(update_fields=["date_joined"])
    return person


def started(person: User, shop: Any = None) -> Conversation:
    """Start a conversation about a new product, with a new shop unless one is given."""
    of_shop = {"shop": shop} if shop else {}
    return actions.start_conversation(person, product=ProductFactory(**of_shop))


def ask(person: User, body: str, shop: Any = None) -> Sent | Held:
    """Ask a shop about a new product, with a first message."""
    return actions.send(person, started(person, shop).pk, uuid.uuid4(), body)


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.CONVERSATIONS_PER_HOUR = 100
    settings.SPAM_SAME_TEXT_SHOPS, settings.SPAM_SAME_TEXT_SHOPS_OF_NEW = 3, 2
    settings.SPAM_SHOPS, settings.SPAM_SHOPS_OF_NEW = 5, 4


@pytest.fixture
def ordinary() -> User:
    return of_age(UserFactory(), 30)


@pytest.fixture
def new() -> User:
    return of_age(UserFactory(), 0)
