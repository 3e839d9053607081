"""Search in one conversation."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from messaging.editing import actions as editing
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from messaging.search import postgresql, within
from tests.rulings import remove_message
from tests.said import say

from .long import fill

pytestmark = pytest.mark.django_db

ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def client(shopper: User, client_of: Any) -> Client:
    logged_in: Client = client_of(shopper)
    return logged_in


# SQLite has one method for both.
@pytest.fixture(params=["rare", "common"] if ON_POSTGRESQL else ["rare"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Search as if all words were rare, with an index, or as if all were common."""
    if request.param == "common":
        monkeypatch.setattr(postgresql, "RARE", -1)
    return str(request.param)


def search(client: Client, talk: Conversation, words: str, before: str = "") -> str:
    query = {"words": words} | ({"before": before} if before else {})
    answer = client.get(f"{talk.get_absolute_url()}search/", query)
    assert answer.status_code == 200
    return str(answer.text)


def hits(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'href="[^"]*\?around=\d+#message-(\d+)"', page)]


def test_a_search_finds_words_whatever_their_accents(
    way: str, client: Client, conversation: Conversation, seller: User
) -> None:
    for body in ("El jarrón añil.", "Un JARRON, y más.", "Jarra", "Nothing", "a jarrón añil"):
        say(seller, conversation, body)
    assert hits(search(client, conversation, "jarron")) == [5, 2, 1]
    assert hits(search(client, conversation, "JARRÓN anil")) == [5, 1]
    assert hits(search(client, conversation, "jarr")) == [5, 3, 2, 1]
    page = search(client, conversation, "anil")
    assert "El jarrón <mark>añil</mark>." in page
    assert "No message has these words." in search(client, conversation, "teapot")


def test_a_result_leads_to_its_place(
    way: str, client: Client, conversation: Conversation, seller: User
) -> None:
    fill(conversation, seller, 300, body=lambda n: "The blue one" if n == 7 else f"Line {n}")
    page = search(client, conversation, "blue")
    (address,) = re.findall(r'class="navigation__result" href="([^"]*)"', page)
    assert address == f"{conversation.get_absolute_url()}?around=7#message-7"
    assert 'id="message-7"' in client.get(address).text


def test_pages_have_every_result_once(
    way: str,
    client: Client,
    conversation: Conversation,
    seller: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(within, "LOOKED_THROUGH", 45)
    fill(conversation, seller, 200, body=lambda n: f"Bowl {n}" if n % 3 else "Nothing")
    page, got = search(client, conversation, "bowl"), []
    while True:
        got += hits(page)
        older = re.search(r'href="\?[^"]*before=(\d+)', page)
        if not older:
            break
        page = search(client, conversation, "bowl", before=older[1])
    assert got == [number for number in range(200, 0, -1) if number % 3]


def test_removed_withdrawn_and_earlier_words_are_not_found(
    way: str, client: Client, conversation: Conversation, seller: User, moderator: User
) -> None:
    removed, withdrawn, edited = (say(seller, conversation, f"Kiln {n}") for n in range(3))
    assert len(hits(search(client, conversation, "kiln"))) == 3
    remove_message(moderator, removed.pk, "Off")
    editing.withdraw(seller, conversation.pk, withdrawn.sequence)
    editing.edit(seller, conversation.pk, edited.sequence, "Lamp")
    assert hits(search(client, conversation, "kiln")) == []
    assert hits(search(client, conversation, "lamp")) == [edited.sequence]


def test_only_this_conversation_is_searched(
    way: str, client: Client, conversation: Conversation, shopper: User
) -> None:
    other = ConversationFactory(consumer=shopper, shop=conversation.shop)
    MessageFactory(conversation=other, body="A kiln")
    say(shopper, conversation, "A lamp")
    assert hits(search(client, conversation, "kiln")) == []
    assert len(hits(search(client, other, "kiln"))) == 1


@pytest.mark.parametrize("words", ["", "  ", "\0", "!!", "a' & !b", '"', "x" * 5000])
def test_hostile_words_find_nothing_and_break_nothing(
    words: str, client: Client, conversation: Conversation, seller: User
) -> None:
    say(seller, conversation, "Hello")
    address = f"{conversation.get_absolute_url()}search/"
    answer = client.get(address, {"words": words})
    assert answer.status_code == 200
    assert hits(answer.text) == []


def test_foreign_conversations_have_no_search(
    stranger: User, conversation: Conversation, client_of: Any, client: Client
) -> None:
    address = f"{conversation.get_absolute_url()}search/?words=x"
    nowhere = client_of(stranger).get("/conversation/999999/search/?words=x")
    foreign = client_of(stranger).get(address)
    assert (foreign.status_code, nowhere.status_code) == (404, 404)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}&before=x").status_code == 404


def test_a_search_costs_a_bounded_number_of_queries(
    way: str, client: Client, conversation: Conversation, seller: User
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            search(client, conversation, "bowl")
        return len(asked)

    fill(conversation, seller, 3, body="Bowl {}".format)
    few = cost()
    fill(conversation, seller, 100, body="Bowl {}".format)
    assert cost() == few


@pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL's plans")
def test_rare_words_are_found_by_the_index_and_common_ones_in_the_newest(
    way: str, conversation: Conversation, seller: User
) -> None:
    fill(conversation, seller, 2000, body=lambda n: f"Bowl {n}")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        within.messages_with(conversation, "bowl", None, 20)
        (sql,) = [one["sql"] for one in asked if "newest" in one["sql"] or "hit" in one["sql"]]
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor)
    assert "Seq Scan" not in plan
    index = "messaging_message_words" if way == "rare" else "one_message_per_sequence"
    assert index in plan, plan
