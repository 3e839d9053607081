"""Many read marks stored by one statement: the same as `actions.mark_read` for each of them."""

import asyncio
import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from accounts.models import User
from catalog.models import Shop
from messaging import actions, limits, marking
from messaging.line import Line
from messaging.models import Conversation, Participant
from notifications.models import Notification
from notifications.queries import unread_count
from tests.messaging.test_store import cast, conversations
from tests.patience import PATIENCE

__all__ = ["cast"]  # a fixture

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

Step = tuple[int, int | None]  # who; a sequence to mark, or None for sending


def stored(*marks: tuple[Conversation, User, int]) -> list[bool]:
    async def run() -> list[bool]:
        line = Line()
        try:
            given = [marking.Mark(where.pk, who.pk, sequence) for where, who, sequence in marks]
            found = await marking.store(line, given)
            return [found[mark] for mark in given]
        finally:
            line.close()

    return asyncio.run(run())


def by_action(where: Conversation, who: User, sequence: int) -> bool:
    try:
        actions.mark_read(who, where.pk, sequence)
    except Http404:
        return False
    return True


def send(who: User, where: Conversation) -> None:
    try:
        actions.send(who, where.pk, uuid.uuid4(), "Hello")
    except Http404:
        return


def left(where: Conversation) -> Any:
    marks = Participant.objects.filter(conversation=where).order_by("user")
    told = Notification.objects.filter(subject_id=where.pk).order_by("recipient")
    return (
        list(marks.values_list("user", "side", "last_read_sequence")),
        [(row.recipient_id, row.read_at is None) for row in told],
    )


@settings(
    max_examples=15,
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
    limits.reset()
    one, many = conversations(cast[0], shop)
    for who, sequence in steps:
        if sequence is None:
            send(cast[who], one)
            send(cast[who], many)
        else:
            assert stored((many, cast[who], sequence)) == [by_action(one, cast[who], sequence)]
        assert left(many) == left(one)


def test_marks_of_one_moment_are_one_statement_and_the_furthest_counts(
    shopper: User, seller: User, colleague: User, stranger: User, conversation: Conversation
) -> None:
    for _ in range(3):
        send(shopper, conversation)
    answers = stored(
        (conversation, seller, 3),
        (conversation, seller, 1),
        (conversation, colleague, 2),
        (conversation, stranger, 3),
    )
    assert answers == [True, True, True, False]
    marks = Participant.objects.values_list("user", "last_read_sequence")
    assert dict(marks) == {seller.pk: 3, colleague.pk: 2}
    assert (unread_count(seller.pk), unread_count(colleague.pk)) == (0, 1)


def test_news_that_come_while_the_mark_waits_stay_unread(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    send(shopper, conversation)
    with transaction.atomic():
        send(shopper, conversation)  # holds the notification's row, not committed yet
        marker = threading.Thread(target=stored, args=((conversation, seller, 1),))
        marker.start()
        wait_until_somebody_waits_for_a_lock()
    marker.join(timeout=PATIENCE)
    assert Participant.objects.get(user=seller).last_read_sequence == 1
    assert unread_count(seller.pk) == 1


def wait_until_somebody_waits_for_a_lock() -> None:
    with connection.cursor() as cursor:
        for _ in range(2_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody came to wait")
