"""Only one of two people who schedule simultaneously gets a limit's last place. PostgreSQL only."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from messaging.factories import ConversationFactory
from messaging.models import Conversation, ScheduledMessage
from messaging.scheduled import actions
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
from trato.errors import Refused

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.mark.parametrize("limit", ["SCHEDULED_PER_CONVERSATION", "SCHEDULED_PER_PERSON"])
def test_two_share_the_last_place(
    limit: str, conversation: Conversation, seller: User, colleague: User, stranger: User,
    product: Product, settings: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    setattr(settings, limit, 1)
    if limit == "SCHEDULED_PER_CONVERSATION":
        both = [(seller, conversation), (colleague, conversation)]
    else:
        both = [
            (seller, conversation),
            (seller, ConversationFactory(consumer=stranger, product=product)),
        ]
    check, passed = actions._check_limits, []

    def check_and_let_the_other_in(*given: Any) -> None:
        check(*given)
        passed.append(given)
        if len(passed) == 1:
            second.append(pool.submit(schedule, *both[1]))
            wait_until_somebody_waits_for_a_lock()

    def schedule(person: User, talk: Conversation) -> str:
        at = timezone.now() + timedelta(hours=1)
        try:
            plan = actions.Plan(body="Hello", send_at=at, only_if_quiet=False)
            actions.schedule(person, talk.pk, uuid.uuid4(), plan)
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "scheduled"

    monkeypatch.setattr(actions, "_check_limits", check_and_let_the_other_in)
    second: list[Any] = []
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(schedule, *both[0])
        assert first.result(PATIENCE) == "scheduled"
        assert second[0].result(PATIENCE) == "rate_limited"
    assert ScheduledMessage.objects.count() == 1
