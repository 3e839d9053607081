"""Limits on expensive actions: each one applies, while other people can continue."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from catalog.models import Product, Shop
from messaging.models import KeptQuestion, Report
from tests.site import JSON
from trato import rate_limits
from trato.errors import Refused

pytestmark = pytest.mark.django_db


def address_of(remote: str) -> str:
    request = RequestFactory().get("/", REMOTE_ADDR=remote)
    return rate_limits.address(request)


def test_a_household_of_ipv6_counts_as_one_and_an_address_of_ipv4_too() -> None:
    assert address_of("2001:db8:1:2::7") == address_of("2001:db8:1:2:ffff::9")
    assert address_of("2001:db8:1:2::7") != address_of("2001:db8:1:3::7")
    assert address_of("192.0.2.7") != address_of("192.0.2.8")


@pytest.mark.parametrize("path", ["/products/", "/conversations/"])
def test_searches_per_minute_are_counted_for_each_person(
    path: str, shopper: User, stranger: User, client_of: Any, settings: Any
) -> None:
    settings.SEARCHES_PER_MINUTE = settings.CONVERSATION_SEARCHES_PER_MINUTE = 2
    client = client_of(shopper)
    for _ in range(2):
        assert client.get(f"{path}?q=bowl").status_code == 200
    answer = client.get(f"{path}?q=bowl")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Try again in" in answer.text
    assert client.get(path).status_code == 200  # without a search
    assert client_of(stranger).get(f"{path}?q=bowl").status_code == 200


def test_searches_of_visitors_are_counted_by_address(product: Product, settings: Any) -> None:
    settings.SEARCHES_PER_MINUTE = 1
    assert Client().get("/products/?q=bowl").status_code == 200
    assert Client().get("/products/?q=bowl").status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.9").get("/products/?q=bowl").status_code == 200


def test_a_script_that_searches_too_often_is_told_in_json(settings: Any) -> None:
    settings.SEARCHES_PER_MINUTE = 0
    answer = Client().get("/products/?q=bowl", headers={"accept": JSON})
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")


def test_a_person_opens_only_so_many_shops(
    seller: User, shop: Shop, shopper: User, client_of: Any, settings: Any
) -> None:
    settings.SHOPS_PER_PERSON = 2
    client = client_of(seller)
    assert client.post("/my/shop/open/", {"name": "Second kiln"}).status_code == 302
    answer = client.post("/my/shop/open/", {"name": "Third kiln"})
    assert answer.status_code == 400
    assert "Third kiln" in answer.text
    assert seller.shops.count() == 2
    assert client_of(shopper).post("/my/shop/open/", {"name": "Third kiln"}).status_code == 302


def product_form(shop: Shop, product: Product) -> dict[str, Any]:
    return {
        "shop": shop.pk, "title": "One more", "category": product.category_id,
        "description": "", "currency": "EUR", "amount": "12.50", "stock": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "limit", "status"), [("PRODUCTS_PER_SHOP", 2, 400), ("PRODUCTS_PER_DAY", 1, 429)]
)
def test_products_are_counted_and_the_words_are_kept(
    name: str,
    limit: int,
    status: int,
    seller: User,
    shop: Shop,
    product: Product,
    client_of: Any,
    settings: Any,
) -> None:
    setattr(settings, name, limit)
    client = client_of(seller)
    form = product_form(shop, product)
    assert client.post("/my/products/new/", form).status_code == 302
    answer = client.post("/my/products/new/", form)
    assert answer.status_code == status
    assert "One more" in answer.text
    assert shop.products.count() == 2
    # Existing ones can still be changed.
    address = f"/my/products/{product.slug}/"
    assert client.post(address, form | {"title": "Another name"}).status_code == 302


def test_questions_that_wait_for_a_login_are_counted_by_address(
    product: Product, settings: Any
) -> None:
    settings.KEPT_QUESTIONS_PER_HOUR = 1
    path = f"/products/{product.slug}/contact/"
    assert Client().post(path, {"body": "Is it blue?"}).status_code == 302
    answer = Client().post(path, {"body": "Is it green?"})
    assert answer.status_code == 429
    assert "Is it green?" in answer.text
    other = Client(REMOTE_ADDR="192.0.2.9")
    assert other.post(path, {"body": "Is it red?"}).status_code == 302


def test_questions_of_an_ipv6_site_are_counted_too(product: Product, settings: Any) -> None:
    settings.KEPT_QUESTIONS_PER_HOUR_AND_IPV6_SITE = 2
    path = f"/products/{product.slug}/contact/"
    addresses = ["2001:db8:1:1::7", "2001:db8:1:2::7", "2001:db8:1:3::7", "2001:db8:2::7"]
    answers = [
        Client(REMOTE_ADDR=address).post(path, {"body": "Is it blue?"}).status_code
        for address in (*addresses, "192.0.2.1", "192.0.2.2", "192.0.2.3")
    ]
    assert answers == [302, 302, 429, 302, 302, 302, 302]
    assert KeptQuestion.objects.count() == 6


def test_reports_of_an_ipv6_site_are_counted_too(shop: Shop, settings: Any) -> None:
    settings.VISITOR_REPORTS_PER_HOUR_AND_IPV6_SITE = 2
    path = f"/shops/{shop.slug}/report/"
    form = {"reason": "scam", "words": "It is fake", "name": "Ana Gil", "good_faith": "on"}
    addresses = ["2001:db8:1:1::7", "2001:db8:1:2::7", "2001:db8:1:3::7", "2001:db8:2::7"]
    answers = [
        Client(REMOTE_ADDR=address)
        .post(path, form | {"email": f"{number}@example.com"})
        .status_code
        for number, address in enumerate((*addresses, "192.0.2.1", "192.0.2.2", "192.0.2.3"))
    ]
    assert answers == [302, 302, 429, 302, 302, 302, 302]
    assert Report.objects.count() == 6


def test_while_redis_is_away_each_process_counts_for_itself(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    settings.SEARCHES_PER_MINUTE = 1
    rate_limits._redis.cache_clear()
    try:
        rate_limits.hit("SEARCHES_PER_MINUTE", "person-1")
        with pytest.raises(Refused):
            rate_limits.hit("SEARCHES_PER_MINUTE", "person-1")
    finally:
        settings.REDIS_URL = ""
        rate_limits._redis.cache_clear()
        rate_limits.reset()
