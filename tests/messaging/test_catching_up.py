"""Resuming: everything created or changed since a revision, in pages, nothing skipped."""

import uuid
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from messaging import actions, queries
from messaging.models import Conversation, Message
from tests.whole import tries

pytestmark = pytest.mark.django_db


def fill(conversation: Conversation, sender: User, number: int) -> None:
    """Insert rows as `send` stores them, without its limits."""
    start = conversation.last_sequence
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            sequence=start + index,
            revision=start + index,
            client_id=uuid.uuid4(),
            sender=sender,
            side=conversation.side_of(sender.pk),
            body=f"Message {start + index}",
        )
        for index in range(1, number + 1)
    )
    conversation.last_sequence = conversation.revision = start + number
    conversation.save()


def catch_up(client: Client, conversation: Conversation, since: int) -> list[dict[str, Any]]:
    """Request pages like a client: from the last page's revision while there is more."""
    got: list[dict[str, Any]] = []
    while True:
        page = client.get(f"/conversation/{conversation.pk}/messages/", {"since": since}).json()
        assert len(page["messages"]) <= 200
        got += page["messages"]
        since = page["revision"]
        if not page["more"]:
            return got


def test_a_client_that_was_away_gets_all_of_it_in_pages_of_at_most_200(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    fill(conversation, shopper, 503)
    got = catch_up(client_of(shopper), conversation, since=1)
    assert [message["sequence"] for message in got] == list(range(2, 504))


def test_a_changed_message_comes_again_and_an_unchanged_one_does_not(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    fill(conversation, shopper, 5)
    Message.objects.filter(conversation=conversation, sequence=2).update(revision=6)
    Conversation.objects.filter(pk=conversation.pk).update(revision=6)
    got = catch_up(client_of(shopper), conversation, since=5)
    assert [message["sequence"] for message in got] == [2]


def test_the_first_page_is_the_end_and_older_ones_are_fetched_backwards(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    fill(conversation, shopper, 100)
    client, address = client_of(shopper), f"/conversation/{conversation.pk}/messages/"
    page = client.get(address).json()
    seen = [message["sequence"] for message in page["messages"]]
    assert seen == list(range(61, 101))
    assert page["revision"] == 100
    while page["more"]:
        page = client.get(address, {"before": seen[0]}).json()
        seen = [message["sequence"] for message in page["messages"]] + seen
    assert seen == list(range(1, 101))


@pytest.mark.parametrize("text", ["-1", "x", "1.5", "9" * 5000, "", "²", "1e3", "2147483648"])
@pytest.mark.parametrize("name", ["since", "before"])
def test_a_cursor_that_is_no_whole_number_is_refused(
    name: str, text: str, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    answer = client_of(shopper).get(f"/conversation/{conversation.pk}/messages/", {name: text})
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


@settings(
    max_examples=tries(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_changes_between_two_pages_nothing_is_missed(
    shopper: User, conversation: Conversation, settings: Any, data: st.DataObject
) -> None:
    """A reader requests pages with changes in between, and ends up with what the database has."""
    settings.MESSAGE_PAGE_SIZE = 3
    Message.objects.all().delete()
    conversation.last_sequence = conversation.revision = 0
    held: dict[int, int] = {}
    cursor = 0
    for step in data.draw(st.lists(st.sampled_from(["send", "change", "read"]), max_size=40)):
        if step == "send":
            fill_one(conversation, shopper)
        elif step == "change" and conversation.last_sequence:
            sequence = data.draw(st.integers(1, conversation.last_sequence))
            conversation.revision += 1
            conversation.messages.filter(sequence=sequence).update(revision=conversation.revision)
        else:
            cursor, _ = read_page(conversation, cursor, held)
    more = True
    while more:
        cursor, more = read_page(conversation, cursor, held)
    assert held == dict(conversation.messages.values_list("sequence", "revision"))


def fill_one(conversation: Conversation, sender: User) -> None:
    conversation.last_sequence += 1
    conversation.revision += 1
    Message.objects.create(
        conversation=conversation,
        sequence=conversation.last_sequence,
        revision=conversation.revision,
        client_id=uuid.uuid4(),
        sender=sender,
        side="consumer",
        body="x",
    )


def read_page(conversation: Conversation, cursor: int, held: dict[int, int]) -> tuple[int, bool]:
    rows, more = queries.messages_since(conversation, cursor)
    held.update({row.sequence: row.revision for row in rows})
    return (rows[-1].revision if rows else cursor), more


@pytest.mark.parametrize("outsider", ["stranger", "other_seller", "former_colleague", "moderator"])
def test_an_outsider_catches_up_on_nothing(
    outsider: str,
    shopper: User,
    conversation: Conversation,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Between us")
    address = f"/conversation/{conversation.pk}/messages/"
    assert client_of(request.getfixturevalue(outsider)).get(address).status_code == 404
    assert client_of(shopper).get(address).status_code == 200
