"""Browsers that send hostile values."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.factories import UserFactory
from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation
from messaging.reports.actions import report_message

from .attack import (
    Attack,
)


@pytest.fixture
def real(
    conversation: Conversation, product: Any, seller: User, shopper: User, said: Any
) -> dict[str, str]:
    """Valid values for the routes' parameters."""
    pk = str(conversation.pk)
    report = report_message(seller, conversation.pk, 1, "spam", "Look")
    rest = {"user_id": shopper.pk, "message_id": said.pk, "report_id": report.pk}
    return {
        "slug": product.slug,
        "conversation_id": pk,
        "object_id": pk,
        "sequence": "1",
        "app_label": "catalog",
        "outcome": "upheld",
        **{name: str(value) for name, value in rest.items()},
    }


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Any:
    return MessageFactory(conversation=conversation, sender=shopper)


@pytest.fixture(params=["anonymous", "seller"])
def attack(request: pytest.FixtureRequest, client_of: Any, real: Any) -> Attack:
    """Attacks by somebody with access, and by somebody anonymous."""
    person = None if request.param == "anonymous" else request.getfixturevalue(request.param)
    return Attack(client_of(person))


@pytest.fixture
def of_chief(client_of: Any, real: Any) -> Attack:
    """An attack by somebody with all permissions."""
    return Attack(client_of(UserFactory(staff=True, is_superuser=True)))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Don't log thousands of refusals."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)
