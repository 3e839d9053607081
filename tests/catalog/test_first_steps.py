"""The steps that a new shop's team sees until somebody asks a question."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog import teams
from catalog.factories import ProductFactory, ShopFactory
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory

from .product_forms import new_form

pytestmark = pytest.mark.django_db

PLACES = ["/my/products/", "/conversations/"]
STEPS = ["Add a product", "Publish it", "Tell people"]


def steps(client: Client, place: str) -> list[str]:
    """Return the names of the steps on a page, marked as done or as the next one."""
    section = client.get(place).text.partition('<section class="first-steps')[2]
    shown = section.partition("</section>")[0]
    marks = {"data-done": "done: ", 'aria-current="step"': "next: "}
    return [
        next((word for mark, word in marks.items() if mark in attributes), "")
        + " ".join(re.sub(r"<[^>]*>.*?</[^>]*>", "", name).split())
        for attributes, name in re.findall(
            r'<li\s+class="first-step"([^>]*)>.*?<h3>(.*?)</h3>', shown, re.S
        )
    ]


@pytest.mark.parametrize("place", PLACES)
def test_a_new_shop_has_three_steps_that_follow_from_what_it_does(
    place: str, product: Product, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    assert steps(client, "/conversations/") == []  # a shopper
    shop = teams.open_shop(shopper, "Taller Sol")
    client = client_of(shopper)
    add, publish, tell = STEPS
    assert steps(client, place) == [f"next: {add}", publish, tell]
    client.post("/my/products/new/", new_form(client, product, title="Vase"))
    assert steps(client, place) == [f"done: {add}", f"next: {publish}", tell]
    assert "/my/products/vase/" in client.get(place).text
    client.post("/my/products/vase/publish/", {"published": "1"})
    assert steps(client, place) == [f"done: {add}", f"done: {publish}", f"next: {tell}"]
    assert f'value="http://testserver{shop.get_absolute_url()}"' in client.get(place).text


@pytest.mark.parametrize("place", PLACES)
def test_done_takes_the_steps_away_for_the_whole_team_and_leads_back(
    place: str, shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    client = client_of(seller)
    assert steps(client, place)
    form = re.search(
        r'action="(/my/shop/\d+/first-steps/)".*?name="next" value="([^"]*)"',
        client.get(place).text,
        re.S,
    )
    assert form
    answer = client.post(form[1], {"next": form[2]})
    assert (answer.status_code, answer.headers["Location"]) == (302, place)
    assert steps(client, place) == steps(client_of(colleague), place) == []


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", ""])
def test_the_steps_lead_to_no_other_site(
    target: str, shop: Shop, seller: User, client_of: Any
) -> None:
    answer = client_of(seller).post(f"/my/shop/{shop.pk}/first-steps/", {"next": target})
    assert answer.headers["Location"] == "/my/products/"


@pytest.mark.parametrize("outsider", ["other_seller", "former_colleague", "shopper"])
def test_nobody_else_takes_a_shops_steps_away(
    outsider: str, shop: Shop, client_of: Any, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(outsider))
    assert client.post(f"/my/shop/{shop.pk}/first-steps/").status_code == 404
    assert client.get(f"/my/shop/{shop.pk}/first-steps/").status_code == 405
    shop.refresh_from_db()
    assert shop.first_steps_done_at is None


def test_a_shop_that_was_asked_needs_no_steps_but_a_second_one_does(
    product: Product, shopper: User, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    assert steps(client, "/my/products/")
    MessageFactory(conversation=ConversationFactory(consumer=shopper, product=product))
    assert steps(client, "/my/products/") == []
    ShopFactory(owner=seller)
    assert steps(client, "/my/products/")[0] == f"next: {STEPS[0]}"
    assert steps(client, "/conversations/") == []  # it is not empty


def test_a_product_taken_off_the_shelf_was_published(
    shop: Shop, seller: User, client_of: Any
) -> None:
    ProductFactory(shop=shop, withdrawn=True)
    assert steps(client_of(seller), "/my/products/")[1] == f"done: {STEPS[1]}"


@pytest.mark.parametrize("query", ["?unread=1", "?q=bowl"])
def test_only_an_inbox_that_is_empty_as_a_whole_has_the_steps(
    query: str, shop: Shop, seller: User, client_of: Any
) -> None:
    assert steps(client_of(seller), f"/conversations/{query}") == []


def test_the_steps_cost_one_query(shop: Shop, seller: User, client_of: Any) -> None:
    client = client_of(seller)
    with CaptureQueriesContext(connection) as asked:
        assert steps(client, "/conversations/")
    with_steps = len(asked)
    Shop.objects.update(first_steps_done_at=shop.created_at)
    with CaptureQueriesContext(connection) as asked:
        assert steps(client, "/conversations/") == []
    assert len(asked) == with_steps  # one query, which finds a shop or none
