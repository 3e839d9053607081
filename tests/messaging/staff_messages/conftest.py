"""A case about a conversation, and staff who write to both sides of it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from messaging.cases.actions import open_case
from messaging.models import Case, Conversation, StaffMessage
from messaging.staff_messages import actions
from tests.said import say

Write = Callable[..., StaffMessage]


@pytest.fixture
def case(conversation: Conversation, shopper: User) -> Case:
    said = say(shopper, conversation, "Pay me elsewhere")
    open_case(Case.Kind.REPORT, f"message:{said.pk}", conversation_id=conversation.pk)
    return Case.objects.get()


@pytest.fixture
def write(moderator: User, case: Case) -> Write:
    """`write(text)`: the moderator writes to both sides."""

    def wrote(body: str = "Please pay on our site only.", by: User = moderator) -> StaffMessage:
        values: Any = {"client_id": uuid.uuid4(), "body": body, "reason": "Asked for money"}
        return actions.write(by, case.pk, **values)

    return wrote
