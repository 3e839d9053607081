"""The pages: what they cost in queries, and asking from a product."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from messaging import actions
from messaging.contact import queries
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation, Message, ReplyTime
from messaging.reading.actions import mark_read
from tests.products import ProductImageFactory

pytestmark = pytest.mark.django_db


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_a_product_page_costs_at_most_6_queries(
    shopper: User, product: Product, client_of: Any
) -> None:
    ProductImageFactory(product=product)
    ProductFactory(shop=product.shop)
    assert cost(client_of(shopper), product.get_absolute_url()) <= 6


def test_the_list_costs_at_most_14_queries_whatever_its_length(
    seller: User, shop: Shop, client_of: Any
) -> None:
    costs = []
    for _ in range(2):
        for _ in range(10):
            MessageFactory(
                conversation=ConversationFactory(
                    consumer=UserFactory(), product=ProductFactory(shop=shop)
                )
            )
        costs.append(cost(client_of(seller), "/conversations/"))
    assert costs[0] == costs[1] <= 14


def test_a_thread_costs_at_most_14_queries_whatever_its_length(
    seller: User, product: Product, conversation: Conversation, client_of: Any
) -> None:
    ProductImageFactory(product=product)
    costs = []
    for _ in range(2):
        for _ in range(15):
            MessageFactory(conversation=conversation)
        costs.append(cost(client_of(seller), conversation.get_absolute_url()))
    assert costs[0] == costs[1] <= 14


def test_asking_about_a_product_keeps_it_as_it_stood(
    shopper: User, product: Product, client_of: Any
) -> None:
    client = client_of(shopper)
    form = {"body": "Blue?", "client_id": str(uuid.uuid4())}
    answer = client.post(f"/products/{product.slug}/contact/", form, follow=True)
    Product.objects.filter(pk=product.pk).update(price=9900, title="Dearer bowl")
    page = client.get(answer.redirect_chain[-1][0]).text
    assert "It was called “Speckled bowl” then." in page
    assert "€24.50" in page
    assert "€99.00" in page
    assert "It cost €24.50 when you asked." in page


def test_nobody_asks_their_own_shop_or_about_what_is_not_on_sale(
    seller: User, shopper: User, product: Product, client_of: Any
) -> None:
    form = {"body": "Hello me", "client_id": str(uuid.uuid4())}
    answer = client_of(seller).post(f"/products/{product.slug}/contact/", form)
    assert answer.status_code == 403
    Product.objects.update(published_at=None)
    answer = client_of(shopper).post(f"/products/{product.slug}/contact/", form)
    assert answer.status_code == 404
    assert not Conversation.objects.exists()


def test_the_sixth_new_conversation_in_an_hour_says_how_long_to_wait(
    shopper: User, shop: Shop, client_of: Any
) -> None:
    client = client_of(shopper)
    for _ in range(6):
        address = f"/products/{ProductFactory(shop=shop).slug}/contact/"
        answer = client.post(address, {"body": "Hello", "client_id": str(uuid.uuid4())})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert Conversation.objects.count() == Message.objects.count() == 5


def test_a_refused_first_message_leaves_no_empty_conversation(
    shopper: User, product: Product, client_of: Any
) -> None:
    form = {"body": "x" * 4001, "client_id": str(uuid.uuid4())}
    answer = client_of(shopper).post(f"/products/{product.slug}/contact/", form)
    assert answer.status_code == 413
    assert not Conversation.objects.exists()


def test_a_refused_form_keeps_every_word(
    shopper: User, conversation: Conversation, client_of: Any
) -> None:
    address = f"{conversation.get_absolute_url()}new_message/"
    answer = client_of(shopper).post(address, {"body": "Kept words", "client_id": "broken"})
    assert answer.status_code == 400
    assert "Kept words" in answer.text
    assert not Message.objects.exists()


def test_search_and_the_unread_filter_find_what_they_should(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "About the glaze")
    client = client_of(seller)
    link = conversation.get_absolute_url()
    assert link in client.get("/conversations/?q=glaze+speckled&unread=1").text
    assert link not in client.get("/conversations/?q=elephant").text
    mark_read(seller, conversation.pk, 1)
    assert link not in client.get("/conversations/?unread=1").text


@pytest.mark.parametrize(
    ("zone", "day", "time"),
    [
        ("Europe/Madrid", "2026-03-02", "0:30 CET"),
        ("America/New_York", "2026-03-01", "18:30 EST"),
        ("Nowhere/Land", "2026-03-01", "23:30 UTC"),
    ],
)
def test_without_a_script_times_are_those_of_the_zone_that_the_browser_told(
    zone: str, day: str, time: str, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    MessageFactory(conversation=conversation, created_at=late)
    client = client_of(shopper)
    client.cookies["timezone"] = zone
    page = client.get(conversation.get_absolute_url()).text
    assert f'data-day="{day}"' in page
    assert f">{time}</time>" in page


def test_the_panel_knows_the_reader_and_the_shop_s_reply_time(
    shopper: User, seller: User, shop: Shop, product: Product
) -> None:
    mine = ConversationFactory(consumer=shopper, product=product, last_sequence=1)
    nothing = dict.fromkeys(("mine", "sent_id", "sent_body", "week", "days_off"))
    unknown = {**nothing, "samples": 0, "median_seconds": None, "day_seconds": 0}
    own = queries.shop_answers(shop.pk, product.pk, seller.pk)
    assert own == {**unknown, "is_own_shop": True}
    assert queries.shop_answers(shop.pk, None, None) == {**unknown, "is_own_shop": False}
    speed = {"samples": 3, "median_seconds": 60, "day_seconds": 28_800}
    ReplyTime.objects.create(shop=shop, **speed)
    known = {**nothing, **speed, "mine": mine.pk, "is_own_shop": False}
    assert queries.shop_answers(shop.pk, product.pk, shopper.pk) == known


@pytest.mark.parametrize(
    ("samples", "median", "day", "words"),
    [
        (2, 60, 86_400, ""),
        (3, 60, 86_400, "Usually answers within an hour<"),
        (3, 3601, 86_400, "Usually answers within a day<"),
        (3, 90_000, 86_400, "Usually takes more than a day to answer<"),
        (3, 60, 28_800, "Usually answers within an hour of its opening hours<"),
        (3, 28_800, 28_800, "Usually answers within one opening day<"),
        (3, 28_801, 28_800, "Usually takes more than one opening day to answer<"),
    ],
)
def test_the_usual_answer_is_told_from_three_samples_on(
    samples: int, median: int, day: int, words: str, shop: Shop, product: Product
) -> None:
    ReplyTime.objects.create(shop=shop, samples=samples, median_seconds=median, day_seconds=day)
    page = Client().get(product.get_absolute_url()).text
    assert words.replace("<", "</p>") in page
    assert ("Usually" in page) == bool(words)
