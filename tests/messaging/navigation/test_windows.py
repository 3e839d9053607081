"""Pages before, after and around a message, as JSON and as HTML."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from messaging.factories import ParticipantFactory
from messaging.models import Conversation, Side

from .long import fill

pytestmark = pytest.mark.django_db

LONG = 1000
PAGE = settings.HISTORY_PAGE_SIZE


@pytest.fixture
def talk(conversation: Conversation, shopper: User, seller: User) -> Conversation:
    fill(conversation, seller, LONG)
    ParticipantFactory(conversation=conversation, user=shopper, last_read_sequence=LONG)
    return conversation


@pytest.fixture
def client(talk: Conversation, shopper: User, client_of: Any) -> Client:
    logged_in: Client = client_of(shopper)
    return logged_in


def window(client: Client, talk: Conversation, **place: int) -> dict[str, Any]:
    answer = client.get(f"{talk.get_absolute_url()}messages/", place)
    assert answer.status_code == 200
    state: dict[str, Any] = answer.json()
    assert state["type"] == "conversation.state"
    return state


def numbers(state: dict[str, Any]) -> list[int]:
    return [message["sequence"] for message in state["messages"]]


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="message-(\d+)"', page)]


@pytest.mark.parametrize(
    ("place", "first", "last", "older", "newer"),
    [
        ({"before": 500}, 460, 499, True, True),
        ({"before": 20}, 1, 19, False, True),
        ({"before": LONG + 1}, LONG - 39, LONG, True, False),
        ({"after": 500}, 501, 540, True, True),
        ({"after": LONG - 5}, LONG - 4, LONG, True, False),
        ({"after": 0}, 1, 40, False, True),
        ({"around": 500}, 481, 520, True, True),
        ({"around": 3}, 1, 40, False, True),
        ({"around": LONG}, LONG - 39, LONG, True, False),
        ({"around": LONG * 10}, LONG - 39, LONG, True, False),
    ],
)
def test_a_window_says_what_is_around_it(
    place: dict[str, int],
    first: int,
    last: int,
    older: bool,
    newer: bool,
    client: Client,
    talk: Conversation,
) -> None:
    state = window(client, talk, **place)
    assert numbers(state) == list(range(first, last + 1))
    assert (state["older"], state["newer"]) == (older, newer)
    assert state["more"] == (newer if "after" in place else older)
    assert state["revision"] == LONG
    page = client.get(talk.get_absolute_url(), place).text
    assert shown(page) == list(range(first, last + 1))
    for text, link in (("Older messages", older), ("Newer messages", newer)):
        hidden = re.search(rf'<p class="thread__\w+" (hidden)?>\s*<a href="[^"]*">{text}', page)
        assert hidden
        assert (hidden[1] is None) == link


def test_nothing_is_between_pages_in_either_direction(client: Client, talk: Conversation) -> None:
    middle = window(client, talk, around=500)
    older = window(client, talk, before=numbers(middle)[0])
    newer = window(client, talk, after=numbers(middle)[-1])
    got = numbers(older) + numbers(middle) + numbers(newer)
    assert got == list(range(got[0], got[0] + 3 * PAGE))


@pytest.mark.parametrize("name", ["before", "after", "around"])
@pytest.mark.parametrize("text", ["-1", "x", "9" * 5000, "²"])
def test_a_place_that_is_no_number_is_refused(
    name: str, text: str, client: Client, talk: Conversation
) -> None:
    answer = client.get(f"{talk.get_absolute_url()}messages/", {name: text})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert client.get(talk.get_absolute_url(), {name: text}).status_code == 404


def test_a_page_anywhere_costs_the_same_queries(
    client: Client, talk: Conversation, shopper: User
) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    own = talk.get_absolute_url()
    latest = cost(own)
    assert cost(f"{own}?around=500") <= latest
    json = {cost(f"{own}messages/?{name}=500") for name in ("before", "after", "around")}
    assert json == {cost(f"{own}messages/?since=0")}


def test_a_link_to_a_message_leads_to_the_page_with_it(client: Client, talk: Conversation) -> None:
    answer = client.get(talk.get_absolute_url(), {"message": 7})
    assert answer["Location"] == f"{talk.get_absolute_url()}?around=7#message-7"
    assert 7 in shown(client.get(answer["Location"]).text)


# -- the first unread message ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "first", "line"),
    [
        (LONG, LONG - 39, ""),
        (LONG - 1, LONG - 39, "1 new message"),
        (LONG - 30, LONG - 39, "30 new messages"),
        (LONG - 100, LONG - 118, "100 new messages"),
        (LONG - 400, LONG - 418, "400 new messages"),
        (LONG - 401, LONG - 39, ""),
        (0, LONG - 39, ""),
    ],
)
def test_a_conversation_opens_at_the_first_unread_message(
    read: int, first: int, line: str, client: Client, talk: Conversation, shopper: User
) -> None:
    talk.participants.filter(user=shopper).update(last_read_sequence=read)
    page = client.get(talk.get_absolute_url()).text
    assert shown(page)[0] == first
    lines = re.findall(
        r'<li class="messages__new">\s*(.*?)\s*</li>\s*<li[^>]*id="message-(\d+)"', page
    )
    assert lines == ([(line, str(read + 1))] if line else [])
    is_far = read < LONG - 400
    assert ("Go to the first unread message" in page) == is_far
    if is_far:
        assert f'href="?around={read + 1}#message-{read + 1}"' in page
        assert read + 1 in shown(client.get(talk.get_absolute_url(), {"around": read + 1}).text)


def test_own_messages_are_not_new(
    client: Client, talk: Conversation, shopper: User, seller: User
) -> None:
    talk.participants.filter(user=shopper).update(last_read_sequence=LONG)
    fill(talk, shopper, 50)
    assert shown(client.get(talk.get_absolute_url()).text)[-1] == LONG + 50
    fill(talk, seller, 60)
    page = client.get(talk.get_absolute_url()).text
    assert "60 new messages" in page
    assert shown(page)[19] == LONG + 51


def pixel(page: str) -> int | None:
    match = re.search(r"read\.gif\?sequence=(\d+)&amp;", page)
    return int(match[1]) if match else None


@pytest.mark.parametrize(
    ("query", "read", "marked"),
    [
        ("", LONG - 10, LONG),
        ("", LONG - 100, LONG - 79),  # to the end of the page that starts there
        (f"?after={LONG - 80}", LONG - 80, LONG - 40),
        ("?around=500", LONG - 100, 520),
        ("?around=500", 100, None),
        ("?around=950", 100, None),
        (f"?around={LONG}", 100, LONG),
    ],
)
def test_without_scripts_only_what_was_on_the_page_is_read(
    query: str, read: int, marked: int | None, client: Client, talk: Conversation, shopper: User
) -> None:
    talk.participants.filter(user=shopper).update(last_read_sequence=read)
    page = client.get(talk.get_absolute_url() + query).text
    assert pixel(page) == marked
    if marked:
        address = re.search(r'src="([^"]*read\.gif[^"]*)"', page)
        assert address
        assert client.get(address[1].replace("&amp;", "&")).status_code == 200
    now = talk.participants.get(user=shopper, side=Side.CONSUMER).last_read_sequence
    assert now == max(read, marked or 0)
