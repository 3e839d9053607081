"""A message that the shop has scheduled, and the time at which it is due."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, ScheduledMessage
from messaging.scheduled import actions
from tests.said import say


@pytest.fixture
def asked(shopper: User, conversation: Conversation) -> Conversation:
    """A conversation that begins with a question."""
    say(shopper, conversation, "Is it glazed?")
    conversation.refresh_from_db()
    return conversation


@pytest.fixture
def later() -> datetime:
    return timezone.now() + timedelta(hours=3)


@pytest.fixture
def schedule(asked: Conversation, seller: User, later: datetime) -> Callable[..., ScheduledMessage]:
    """`schedule()`: the seller schedules an answer; every argument can be replaced."""

    def make(**given: Any) -> ScheduledMessage:
        actor = given.pop("actor", seller)
        conversation_id = given.pop("conversation_id", asked.pk)
        client_id = given.pop("client_id", None) or uuid.uuid4()
        values = {"body": "Yes, inside too.", "send_at": later, "only_if_quiet": True, **given}
        return actions.schedule(actor, conversation_id, client_id, actions.Plan(**values))

    return make


@pytest.fixture
def pass_time() -> Callable[[], None]:
    """`pass_time()`: make all scheduled messages due."""

    def make_due() -> None:
        ScheduledMessage.objects.update(send_at=timezone.now() - timedelta(minutes=1))

    return make_due
