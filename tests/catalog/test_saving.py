"""Saving a product that a colleague may have changed in the meantime."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.models import User
from catalog import actions
from catalog.fingerprints import ChangedMeanwhile
from catalog.models import Product, Shop
from tests.databases import own_database
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE

from .product_forms import fields_of

pytestmark = pytest.mark.django_db


def test_saving_does_not_undo_what_a_colleague_did_meanwhile(
    product: Product, address: str, seller: User, colleague: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    actions.set_published(colleague, product.slug, published=False)
    Product.objects.update(stock=99, price=777)
    assert client.post(address, form | {"title": "Deep bowl"}).status_code == 302
    product.refresh_from_db()
    assert (product.title, product.stock, product.price) == ("Deep bowl", 99, 777)
    assert not product.is_published


def test_two_who_change_the_same_are_asked_and_the_second_try_passes(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    Product.objects.update(price=9900, title="Their title", stock=5)
    mine = {"amount": "12,50", "description": "Mine", "title": "My title"}
    answer = client.post(address, form | mine)
    assert answer.status_code == 409
    assert "“99.00”" in answer.text
    assert "“Their title”" in answer.text
    product.refresh_from_db()
    assert (product.title, product.price, product.description) == (
        "Their title", 9900, "Made by hand.",
    )  # fmt: skip
    again = fields_of(answer.text)
    assert (again["amount"], again["title"], again["description"]) == ("12,50", "My title", "Mine")
    assert client.post(address, again).status_code == 302
    product.refresh_from_db()
    assert (product.title, product.price, product.description, product.stock) == (
        "My title", 1250, "Mine", 5,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_who_saves_while_a_colleague_does_waits_and_is_asked(
    product: Product, seller: User
) -> None:
    values = {name: getattr(product, name) for name in Product.FORM_COLUMNS}
    mine, seen = values | {"title": "My title"}, product.fingerprints()

    def save() -> None:
        try:
            actions.change_product(seller, product.slug, mine, seen)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(own_database()) as colleague:
            colleague.execute("UPDATE catalog_product SET title = 'Their title'")
            saving = pool.submit(save)
            wait_until_somebody_waits_for_a_lock()
        with pytest.raises(ChangedMeanwhile):
            saving.result(PATIENCE)
    product.refresh_from_db()
    assert product.title == "Their title"


def test_both_may_write_the_same(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    Product.objects.update(title="Bowl")
    assert client.post(address, form | {"title": "Bowl"}).status_code == 302


@pytest.mark.parametrize("seen", ["x", "[1]", "[" * 100_000, '{"title": {}}'])
def test_a_broken_mark_of_what_was_seen_is_none(
    seen: str, product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text) | {"seen": seen, "stock": "7"}
    assert client.post(address, form).status_code in (302, 409)


def test_a_product_may_not_move_to_a_shop_of_others(
    product: Product, address: str, seller: User, other_seller: User, client_of: Any
) -> None:
    client, theirs = client_of(seller), Shop.objects.get(members=other_seller)
    form = fields_of(client.get(address).text) | {"shop": theirs.pk}
    assert client.post(address, form).status_code == 400
    product.refresh_from_db()
    assert product.shop != theirs


def test_a_line_break_is_one_character(
    product: Product, address: str, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    form = fields_of(client.get(address).text)
    longest = "x\r\n" * 2499 + "yz"  # 5,000 characters, as the browser counts them
    assert client.post(address, form | {"description": longest}).status_code == 302
    product.refresh_from_db()
    assert product.description == "x\n" * 2499 + "yz"
    assert client.post(address, form | {"description": longest + "!"}).status_code == 400
