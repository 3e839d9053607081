"""Searches through many conversations: their pages, and what they cost."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.search import postgresql

from .hits import hits

pytestmark = pytest.mark.django_db

ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def long_list(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """12 conversations of the shop, newest first, with limits small enough to matter."""
    monkeypatch.setattr(postgresql, "NEWEST", 4)
    monkeypatch.setattr(postgresql, "FURTHER", 6)
    made = []
    for number in range(12):
        about = ConversationFactory(
            consumer=UserFactory(name="Óscar Gil" if number == 1 else "Eva Mas"),
            product=ProductFactory(shop=shop, title="Cuenco añil" if number == 2 else "Plate"),
        )
        words = "kiln" if number < 2 else "lamp"
        MessageFactory(conversation=about, body=f"Hello, about the {words}: {number}th piece")
        if number < 2:
            MessageFactory(conversation=about, body="Pay elsewhere", removed_at=timezone.now())
        made.append(about.pk)
    return made[::-1]


@pytest.mark.parametrize(
    ("common", "rare"),
    # SQLite has one method for all words.
    [(0, 0), (20_000, 0), (20_000, 20_000)][: 3 if ON_POSTGRESQL else 1],
    ids=["all words common", "no two words rare", "all words rare"][: 3 if ON_POSTGRESQL else 1],
)
@pytest.mark.parametrize("size", [1, 5])
def test_nothing_is_missed_or_doubled_however_far_back_it_lies(
    seller: User,
    long_list: list[int],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    common: int,
    rare: int,
    size: int,
) -> None:
    monkeypatch.setattr(postgresql, "COMMON", common)
    monkeypatch.setattr(postgresql, "RARE", rare)
    settings.CONVERSATION_PAGE_SIZE = size
    assert hits(seller, "hello") == long_list
    assert hits(seller, "kiln") == long_list[-2:]
    assert hits(seller, "hello 0th") == long_list[-1:]
    assert hits(seller, "oscar") == [long_list[-2]]
    assert hits(seller, "piece anil") == [long_list[-3]]
    assert hits(seller, "gil oscar hello") == [long_list[-2]]
    assert hits(seller, "kiln lamp") == []
    assert hits(seller, "elsewhere") == hits(seller, "kiln elsewhere") == []


def test_a_shopper_who_works_for_no_shop_finds_what_lies_far_back(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "NEWEST", 1)
    asked = [ConversationFactory(consumer=shopper, product=ProductFactory()) for _ in range(4)]
    for about, text in zip(asked, ("kiln", "lamp", "kiln", "lamp"), strict=True):
        MessageFactory(conversation=about, body=text)
    assert hits(shopper, "kiln") == [asked[2].pk, asked[0].pk]


def test_a_search_costs_the_same_queries_whatever_the_number_of_conversations(
    seller: User, shop: Shop, client_of: Any
) -> None:
    client, costs = client_of(seller), []
    for _ in range(2):
        for _ in range(10):
            MessageFactory(
                conversation=ConversationFactory(
                    consumer=UserFactory(), product=ProductFactory(shop=shop)
                )
            )
        with CaptureQueriesContext(connection) as asked:
            assert "Nothing found" not in client.get("/conversations/?q=still+avail").text
        costs.append(len(asked))
    # The list's queries, and one each for matching messages, matching notes, and saving the search.
    assert costs[0] == costs[1] <= 20


def test_a_search_that_stopped_early_says_that_there_are_older_ones(
    seller: User, shop: Shop, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not ON_POSTGRESQL:
        pytest.skip("SQLite never stops early")
    monkeypatch.setattr(postgresql, "NEWEST", 2)
    monkeypatch.setattr(postgresql, "COMMON", 0)
    monkeypatch.setattr(postgresql, "RARE", 0)
    oldest = MessageFactory(
        conversation=ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop)),
        body="kiln",
    )
    for _ in range(2):
        MessageFactory(
            conversation=ConversationFactory(
                consumer=UserFactory(), product=ProductFactory(shop=shop)
            )
        )
    client = client_of(seller)
    page = client.get("/conversations/?q=kiln").text
    assert "Search older conversations" in page
    address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    page = client.get(f"/conversations/{address}").text
    assert oldest.conversation.get_absolute_url() in page
