"""One statement stores many read marks, with the same result as the ORM for each of them."""

import asyncio
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.http import Http404
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as some

from accounts.models import User
from catalog.models import Shop
from messaging import events
from messaging.models import Conversation, Participant
from messaging.reading import batch, postgresql
from messaging.reading.actions import mark_read
from messaging.records import ReadMark
from notifications.models import Notification
from tests.messaging.reading.marks import mark_at_once, send, store_marks
from tests.messaging.sending.stores import conversations
from tests.unread import unread_count
from tests.whole import tries
from trato import rate_limits
from trato.realtime.statements import StatementConnection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

Step = tuple[int, int | None]  # who; a sequence to mark, or None for sending


def by_action(where: Conversation, who: User, sequence: int) -> bool:
    try:
        mark_read(who, where.pk, sequence)
    except Http404:
        return False
    return True


def left(where: Conversation) -> Any:
    marks = Participant.objects.filter(conversation=where).order_by("user")
    told = Notification.objects.filter(news__subject_id=where.pk).order_by("recipient")
    return (
        list(marks.values_list("user", "side", "last_read_sequence")),
        [(row.recipient_id, row.read_at is None) for row in told],
    )


@examples(
    max_examples=tries(15),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    some.lists(
        some.tuples(some.integers(0, 4), some.none() | some.integers(0, 5)),
        min_size=3,
        max_size=12,
    )
)
def test_marking_together_leaves_what_marking_one_by_one_leaves(
    cast: list[User], shop: Shop, steps: list[Step]
) -> None:
    rate_limits.reset()
    one, many = conversations(cast[0], shop)
    for who, sequence in steps:
        if sequence is None:
            send(cast[who], one)
            send(cast[who], many)
        else:
            assert store_marks((many, cast[who], sequence)) == [by_action(one, cast[who], sequence)]
        assert left(many) == left(one)


def test_marks_of_one_moment_are_one_statement_and_the_furthest_counts(
    shopper: User, seller: User, colleague: User, stranger: User, conversation: Conversation
) -> None:
    for _ in range(3):
        send(shopper, conversation)
    answers = store_marks(
        (conversation, seller, 3),
        (conversation, seller, 1),
        (conversation, colleague, 2),
        (conversation, stranger, 3),
    )
    assert answers == [True, True, True, False]
    marks = Participant.objects.values_list("user", "last_read_sequence")
    assert dict(marks) == {seller.pk: 3, colleague.pk: 2}
    assert (unread_count(seller.pk), unread_count(colleague.pk)) == (0, 1)


def test_a_mark_that_cannot_be_stored_keeps_no_other_from_being_told(
    shopper: User, seller: User, colleague: User, conversation: Conversation, monkeypatch: Any
) -> None:
    send(shopper, conversation)
    told: list[int] = []
    store = postgresql.store

    async def failing(connection: StatementConnection, given: Any) -> Any:
        if any(reading.reader.pk == colleague.pk for reading in given):
            raise psycopg.errors.NotNullViolation
        return await store(connection, given)

    monkeypatch.setattr(postgresql, "store", failing)
    monkeypatch.setattr(
        events, "messages_read", lambda marks: told.extend(mark.user_id for mark in marks)
    )

    first, second = mark_at_once(conversation, seller, colleague)
    assert isinstance(first, ReadMark)
    assert isinstance(second, OperationalError)
    assert told == [seller.pk]


def test_many_marks_are_stored_in_several_statements(
    shopper: User, shop: Shop, settings: Any
) -> None:
    settings.READ_MARK_BATCH_MAX = 5
    where = conversations(shopper, shop, 12)

    async def all_at_once() -> None:
        await asyncio.gather(*(batch.mark_read(shopper, one.pk, 0) for one in where))
        await batch.close()

    asyncio.run(all_at_once())
    assert Participant.objects.filter(user=shopper).count() == 12
