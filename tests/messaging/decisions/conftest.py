"""Staff who decide, and what they decide on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.decisions.actions import decide
from messaging.decisions.ruling import Ruling
from messaging.models import Conversation, Decision, Message
from tests.said import say

REASONS: dict[str, Any] = {
    "facts": "You asked to pay by bank transfer.",
    "ground": "terms",
    "clause": "No payments outside of the site",
    "explanation": "Such payments can't be protected.",
}


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    """A message from the shopper to the shop."""
    return say(shopper, conversation, "Pay me in gold coins")


@pytest.fixture
def ruled(moderator: User) -> Callable[..., Decision]:
    """`ruled(person, measure, **ruling)`: let the moderator decide. Timed measures last 3 days."""

    def rule(person: User, measure: str, **ruling: Any) -> Decision:
        if measure in ("mute", "limit", "suspend"):
            ruling.setdefault("ends_at", timezone.now() + timedelta(days=3))
        return decide(moderator, person.pk, Ruling(measure=measure, **(REASONS | ruling)))

    return rule
