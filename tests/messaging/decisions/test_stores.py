"""Both stores refuse a muted or limited person's sends alike, even in a batch with others."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, Decision, Message, Sanction
from messaging.sanctions import sql
from messaging.sending import orm
from tests.messaging.sending.answers import comparable
from tests.messaging.sending.stores import attempt, stored
from tests.said import say

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

Ruled = Callable[..., Decision]


def both(person: User, conversation: Conversation) -> list[Any]:
    """Return each store's answer to a send."""
    one, other = (attempt(person, conversation, uuid.uuid4(), "Hi") for _ in range(2))
    return [comparable(answer) for answer in (*stored([one]), *orm.store([other]))]


def test_a_muted_person_is_refused_until_it_is_over(
    ruled: Ruled, shopper: User, seller: User, conversation: Conversation
) -> None:
    ruled(shopper, "mute")
    assert both(shopper, conversation) == ["forbidden", "forbidden"]
    together = [attempt(who, conversation, uuid.uuid4(), "Hi") for who in (shopper, seller)]
    refused, sent = stored(together)
    assert (comparable(refused), sent.sequence) == ("forbidden", 1)
    assert "muted you until" in str(refused.detail)
    Sanction.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert [row["sequence"] for row in both(shopper, conversation)] == [2, 3]


def test_a_repeated_message_from_before_a_mute_is_answered(
    ruled: Ruled, shopper: User, conversation: Conversation
) -> None:
    first = attempt(shopper, conversation, uuid.uuid4(), "Hi")
    (sent,) = stored([first])
    ruled(shopper, "mute")
    again = [*stored([first]), *orm.store([first])]
    assert [row.id for row in again] == [sent.id] * 2


def test_a_limited_person_is_refused_over_the_limit_until_there_is_an_answer(
    ruled: Ruled, shopper: User, seller: User, conversation: Conversation, settings: Any
) -> None:
    settings.LIMITED_MESSAGES_PER_DAY = 2
    ruled(shopper, "limit")
    assert [row["sequence"] for row in both(shopper, conversation)] == [1, 2]
    assert both(shopper, conversation) == ["forbidden", "forbidden"]
    Message.objects.filter(sequence=1).update(created_at=timezone.now() - timedelta(hours=25))
    assert stored([attempt(shopper, conversation, uuid.uuid4(), "Hi")])[0].sequence == 3
    assert both(shopper, conversation) == ["forbidden", "forbidden"]
    assert both(seller, conversation)[0]["sequence"] == 4
    assert [row["sequence"] for row in both(shopper, conversation)] == [6, 7]


def test_the_sanctions_are_read_by_their_index(conversation: Conversation, shopper: User) -> None:
    say(shopper, conversation)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT " + sql.is_sanctioned("1"))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "sanctions_in_force" in plan
