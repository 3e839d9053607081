"""Fixtures that the tests of staff pages share."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission

from accounts.factories import UserFactory
from accounts.models import User
from messaging.models import Conversation, Message, Report
from messaging.reports.actions import report_message
from tests.said import say


@pytest.fixture
def chief(db: None) -> User:
    """A superuser."""
    user: User = UserFactory(staff=True, is_superuser=True, name="Chief")
    return user


@pytest.fixture
def helper(db: None) -> User:
    """A staff member without any permission."""
    user: User = UserFactory(staff=True, name="Helper")
    return user


@pytest.fixture
def actor(request: pytest.FixtureRequest) -> User:
    """The person named by a test's parameter."""
    user: User = request.getfixturevalue(request.param)
    return user


@pytest.fixture
def grant(db: None) -> Callable[[User, str], None]:
    """`grant(user, codename)`: give a person one more permission."""

    def give(user: User, codename: str) -> None:
        user.user_permissions.add(Permission.objects.get(codename=codename))

    return give


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    """A message from the shopper to the shop."""
    return say(shopper, conversation, "Call me at 555 123")


@pytest.fixture
def reported(seller: User, said: Message) -> Report:
    """The shopper's message, reported by the seller."""
    return report_message(seller, said.conversation_id, 1, "off_platform", "Wants my number")
