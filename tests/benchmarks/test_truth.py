"""A benchmark round only counts if the database agrees with the clients."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import connection

from accounts.models import User
from benchmarks import truth
from benchmarks.client import Peer
from benchmarks.dialects import TRATO
from benchmarks.servers import System
from benchmarks.truth import Mismatch
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from notifications.factories import NotificationFactory
from notifications.models import Notification

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

MESSAGES = 4  # alternately from the two sides


@pytest.fixture
def system(tmp_path: Path) -> System:
    values = connection.settings_dict
    place = f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
    return System(
        name="trato",
        dialect=TRATO,
        origin="",
        environment={},
        folder=tmp_path,
        services=[],
        database_url=f"postgres://{values['USER']}@{place}",
    )


@pytest.fixture
def peers(shopper: User, seller: User, conversation: Conversation) -> list[Any]:
    """Two clients with what they saw of a conversation, and the database with its messages."""
    for number in range(MESSAGES):
        MessageFactory(conversation=conversation, sender=(shopper, seller)[number % 2])
    for person in (shopper, seller):
        NotificationFactory(recipient=person, news__subject_id=conversation.pk)
    half = MESSAGES // 2
    return [
        SimpleNamespace(user=person.pk, sent=half, accepted=half, unread=1)
        for person in (shopper, seller)
    ]


def check(system: System, peers: list[Any]) -> None:
    truth.check(system, cast(list[Peer], peers), before=0)


def test_a_true_round_counts(system: System, peers: list[Any]) -> None:
    check(system, peers)


def lose_the_last() -> None:
    Message.objects.order_by("sequence").last().delete()  # type: ignore[union-attr]


def leave_a_gap() -> None:
    Message.objects.filter(sequence=MESSAGES).update(sequence=MESSAGES + 1)


def forget_the_counter() -> None:
    Conversation.objects.update(last_sequence=MESSAGES - 1)


def fall_behind() -> None:
    Conversation.objects.update(revision=MESSAGES - 1)


def tell_nobody() -> None:
    Notification.objects.all().delete()


def read_it_meanwhile() -> None:
    Notification.objects.update(read_at="2030-01-01T00:00Z")


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (lose_the_last, "4 messages were sent, 3 are stored"),
        (leave_a_gap, "gaps"),
        (forget_the_counter, "gaps"),
        (fall_behind, "gaps"),
        (tell_nobody, "notified"),
        (read_it_meanwhile, "badges"),
    ],
)
def test_a_planted_lie_is_found(
    system: System, peers: list[Any], plant: Callable[[], None], complaint: str
) -> None:
    plant()
    with pytest.raises(Mismatch, match=complaint):
        check(system, peers)


def test_a_message_that_was_not_acknowledged_is_found(system: System, peers: list[Any]) -> None:
    peers[0].accepted -= 1
    with pytest.raises(Mismatch, match="4 messages were sent, 3 are acknowledged"):
        check(system, peers)
