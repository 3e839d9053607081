"""Go to a day of a conversation, in the reader's time zone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from accounts.models import User
from messaging.models import Conversation, Message
from messaging.navigation.queries import first_since
from tests.whole import tries
from trato.time_zones import CHOSEN_COOKIE

from .long import fill

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # a message each minute from here on


@pytest.fixture
def client(shopper: User, client_of: Any) -> Client:
    logged_in: Client = client_of(shopper)
    return logged_in


def go(client: Client, talk: Conversation, day: str) -> Any:
    return client.get(talk.get_absolute_url(), {"date": day})


@pytest.mark.parametrize(
    ("zone", "day", "sequence"),
    [
        ("UTC", "2026-03-01", 1),
        ("UTC", "2026-02-01", 1),
        ("UTC", "2026-03-02", 90),
        ("Europe/Madrid", "2026-03-02", 30),
        ("America/New_York", "2026-03-02", 390),
        ("Pacific/Kiritimati", "2026-03-02", 1),
    ],
)
def test_a_day_leads_to_its_first_message(
    zone: str, day: str, sequence: int, client: Client, conversation: Conversation, seller: User
) -> None:
    fill(conversation, seller, 500, start=START)
    client.cookies[CHOSEN_COOKIE] = zone
    answer = go(client, conversation, day)
    at = f"?around={sequence}#message-{sequence}"
    assert answer["Location"] == conversation.get_absolute_url() + at


@pytest.mark.parametrize(
    "day", ["", "x", "2026-13-01", "2026-02-30", "01/03/2026", "0001-01-01", "9999-12-31", "\0"]
)
def test_what_is_no_day_is_refused_in_words(
    day: str, client: Client, conversation: Conversation, seller: User
) -> None:
    fill(conversation, seller, 3, start=START)
    answer = go(client, conversation, day)
    assert answer.status_code == 400
    assert "not a day. Write it as year-month-day" in answer.text
    assert 'id="message-3"' in answer.text


def test_a_day_after_everything_is_said_to_be_so(
    client: Client, conversation: Conversation, seller: User
) -> None:
    fill(conversation, seller, 3, start=START)
    answer = go(client, conversation, "2026-03-03")
    assert answer.status_code == 400
    assert "Nothing has been written since that day." in answer.text
    assert go(client, conversation, "2026-03-01").status_code == 302


def test_an_empty_conversation_has_no_days(client: Client, conversation: Conversation) -> None:
    assert 'type="date"' not in client.get(conversation.get_absolute_url()).text
    assert go(client, conversation, "2026-03-01").status_code == 400


def test_the_field_knows_the_first_day_and_leaves_the_last_one_open(
    client: Client, conversation: Conversation, seller: User
) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(created_at=START)
    conversation.refresh_from_db()
    fill(conversation, seller, 500, start=START)
    page = client.get(conversation.get_absolute_url()).text
    assert 'min="2026-03-01"' in page
    assert "max=" not in page[page.index('type="date"') :].partition(">")[0]  # the page may get old


def test_finding_a_day_is_one_query(conversation: Conversation, seller: User) -> None:
    fill(conversation, seller, 500, start=START)
    with CaptureQueriesContext(connection) as asked:
        assert first_since(conversation, (START + timedelta(days=1)).date()) == 90
    assert len(asked) == 1


@settings(
    max_examples=tries(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(hours=some.lists(some.integers(0, 60), max_size=20), day=some.integers(0, 90))
def test_a_day_is_found_wherever_it_is(
    conversation: Conversation, seller: User, hours: list[int], day: int
) -> None:
    Message.objects.all().delete()
    conversation.last_sequence = conversation.revision = 0
    conversation.last_message_at = None
    fill(conversation, seller, len(hours))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for message, pause in zip(conversation.messages.order_by("sequence"), hours, strict=True):
        at += timedelta(hours=pause)
        Message.objects.filter(pk=message.pk).update(created_at=at)
    wanted = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    since = conversation.messages.filter(created_at__gte=wanted).order_by("sequence")
    expected = since.values_list("sequence", flat=True).first()
    assert first_since(conversation, wanted.date()) == expected
