"""Mark as read or unread, and mute: what badges count, and what the other side sees."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from messaging import queries
from messaging.models import Conversation, Participant
from messaging.reading import batch
from messaging.reading.actions import mark_read
from notifications.models import News, Notification
from notifications.queries import unread_counts
from tests.said import say
from tests.unread import unread_count

Many = Callable[[int], list[Conversation]]
Read = Callable[[User, Conversation, int], Any]


@pytest.fixture(params=["request", "socket"])
def read(request: pytest.FixtureRequest) -> Read:
    """`read(person, conversation, 3)`: by a form's or a script's request, or over a socket."""

    def by_socket(person: User, conversation: Conversation, sequence: int) -> Any:
        async def run() -> Any:
            try:
                return await batch.mark_read(person, conversation.pk, sequence)
            finally:
                await batch.close()

        return asyncio.run(run())

    def by_request(person: User, conversation: Conversation, sequence: int) -> None:
        mark_read(person, conversation.pk, sequence)

    return by_request if request.param == "request" else by_socket


def unread_from(user: User) -> int | None:
    return Participant.objects.values_list("unread_from", flat=True).get(user=user)


@pytest.mark.django_db(transaction=True)
def test_unread_again_until_it_is_read_again(
    talk: Conversation, seller: User, act: Any, client_of: Any, read: Read
) -> None:
    client = client_of(seller)
    read(seller, talk, 3)
    assert unread_count(seller.pk) == 0
    act(client, "mark_unread", [talk.pk], sequence=1)
    assert (unread_from(seller), unread_count(seller.pk)) == (1, 1)
    assert queries.read_marks(talk, seller)["seller"] == 3
    assert queries.read_marks_and_own(talk, seller)[1] == 0
    read(seller, talk, 3)
    assert (unread_from(seller), unread_count(seller.pk)) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_an_older_mark_does_not_end_it(
    talk: Conversation, seller: User, act: Any, client_of: Any, read: Read
) -> None:
    read(seller, talk, 3)
    act(client_of(seller), "mark_unread", [talk.pk])
    assert unread_from(seller) == 3
    read(seller, talk, 2)
    assert (unread_from(seller), unread_count(seller.pk)) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_reading_on_ends_it(
    talk: Conversation, seller: User, shopper: User, act: Any, client_of: Any, read: Read
) -> None:
    read(seller, talk, 2)
    act(client_of(seller), "mark_unread", [talk.pk], sequence=1)
    say(shopper, talk)
    read(seller, talk, 4)
    assert (unread_from(seller), unread_count(seller.pk)) == (None, 0)
    assert queries.read_marks(talk, seller)["seller"] == 4


@pytest.mark.django_db(transaction=True)
def test_the_other_side_does_not_hear_of_reading_again(
    talk: Conversation,
    seller: User,
    act: Any,
    client_of: Any,
    read: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Any] = []
    read(seller, talk, 3)
    monkeypatch.setattr("messaging.events.groups.send_many", told.extend)
    act(client_of(seller), "mark_unread", [talk.pk])
    read(seller, talk, 3)
    assert {name for names, _event in told for name in names} == {f"user.{seller.pk}"}


@pytest.mark.django_db
def test_undo_of_unread_and_of_read(
    talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    mark_read(seller, talk.pk, 2)
    answer = act(client, "mark_read", [talk.pk])
    assert (queries.read_marks(talk, seller)["seller"], unread_count(seller.pk)) == (3, 0)
    act(client, "undo", token=answer["undo"])
    assert (queries.read_marks(talk, seller)["seller"], unread_count(seller.pk)) == (3, 1)
    assert unread_from(seller) == 3
    act(client, "mark_read", [talk.pk])
    answer = act(client, "mark_unread", [talk.pk], sequence=1)
    assert unread_count(seller.pk) == 1
    act(client, "undo", token=answer["undo"])
    assert (unread_from(seller) or None, unread_count(seller.pk)) == (None, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("sequence", ["0", "4", "99999999999", "-1", "x", "2147483647"])
def test_a_message_that_is_not_there_is_refused(
    sequence: str, talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    mark_read(seller, talk.pk, 3)
    answer = act(client_of(seller), "mark_unread", [talk.pk], status=400, sequence=sequence)
    assert answer["code"] == "invalid"
    assert (unread_from(seller), unread_count(seller.pk)) == (None, 0)
    act(client_of(seller), "mark_unread", [talk.pk], sequence="3")
    assert unread_count(seller.pk) == 1


@pytest.mark.django_db
def test_of_many_those_without_the_message_stay_as_they_are(
    talk: Conversation, many: Many, seller: User, act: Any, client_of: Any
) -> None:
    mark_read(seller, talk.pk, 3)
    (short,) = many(1)
    answer = act(client_of(seller), "mark_unread", [short.pk, talk.pk], sequence=3)
    assert (answer["done"], answer["failed"]) == ([talk.pk], {str(short.pk): "invalid"})
    told = Notification.objects.filter(recipient=seller, read_at=None)
    assert list(told.values_list("news__subject_id", flat=True)) == [talk.pk]


@pytest.mark.django_db
def test_unread_where_nothing_was_ever_told(
    talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    mark_read(seller, talk.pk, 3)
    News.objects.all().delete()  # as retention does
    act(client_of(seller), "mark_unread", [talk.pk])
    assert unread_count(seller.pk) == 1
    news = News.objects.get()
    assert (news.title, news.team_id) == ("Lucía Romero", talk.shop_id)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("person", ["seller", "shopper"])
def test_a_muted_conversation_is_unread_without_a_badge(
    person: str,
    talk: Conversation,
    seller: User,
    shopper: User,
    colleague: User,
    act: Any,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    user = request.getfixturevalue(person)
    other = shopper if user is seller else seller
    client = client_of(user)
    answer = act(client, "mute", [talk.pk])
    assert client.get("/conversations/muted/").json()["conversations"] == [talk.pk]
    say(other, talk)
    assert unread_count(user.pk) == unread_counts([user.pk])[user.pk].total == 0
    assert client.get("/notifications/unread/").json()["latest"] is None
    assert talk.get_absolute_url() in client.get("/conversations/?unread=1").text
    if person == "seller":
        assert unread_count(colleague.pk) == 1
    act(client, "undo", token=answer["undo"])
    assert unread_count(user.pk) == 1
    act(client, "mute", [talk.pk])
    act(client, "unmute", [talk.pk])
    assert unread_count(user.pk) == 1
    assert client.get("/conversations/muted/").json()["conversations"] == []


@pytest.mark.django_db
def test_muting_what_was_never_told_is_silent_too(
    conversation: Conversation, shopper: User, seller: User, act: Any, client_of: Any
) -> None:
    act(client_of(seller), "mute", [conversation.pk])
    say(shopper, conversation)
    assert unread_count(seller.pk) == 0


@pytest.mark.django_db
def test_many_take_as_many_queries_as_one(
    seller: User, many: Many, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    for name in ("mark_read", "mark_unread", "mute"):
        costs = []
        for number in (1, 8):
            rows = many(number)
            for row in rows:
                say(row.consumer, row)
            ids = [row.pk for row in rows]
            if name == "mark_unread":
                act(client, "mark_read", ids)
            with CaptureQueriesContext(connection) as taken:
                answer = act(client, name, ids)
            cost = len(taken)
            with CaptureQueriesContext(connection) as taken:
                assert act(client, "undo", token=answer["undo"])["done"] == ids
            costs.append((cost, len(taken)))
        assert costs[0] == costs[1], name
        assert max(costs[0]) <= 30
