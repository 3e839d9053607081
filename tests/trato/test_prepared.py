"""Querysets that are compiled once return the same rows as the ORM."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

from catalog.factories import ProductFactory, ShopFactory
from catalog.models import Product, Shop
from trato.prepared import prepared

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def of_shop(shop_id: int, title: str | None, *, limit: int) -> QuerySet[Product]:
    rows = Product.objects.filter(shop_id=shop_id).select_related("shop").order_by("id")
    return (rows.filter(title=title) if title is not None else rows)[:limit]


def shown_since(at: datetime) -> QuerySet[Any, Any]:
    rows = Product.objects.filter(published_at__gt=at)
    return rows.values("shop").annotate(number=Count("*")).values("shop", "number")


@pytest.fixture
def shops() -> list[Shop]:
    shops: list[Shop] = [ShopFactory(), ShopFactory()]
    for shop in shops:
        for number in range(3):
            ProductFactory(
                shop=shop, title=f"Bowl {number}", published_at=NOON + timedelta(hours=number)
            )
    return shops


def test_each_call_has_its_own_values(shops: list[Shop]) -> None:
    ask = prepared(of_shop)
    for shop in [*shops, *shops]:
        for title in ("Bowl 0", "Bowl 2", "it's 100% ₂", None):
            for limit in (1, 5):
                expected = list(of_shop(shop.pk, title, limit=limit))
                assert ask(shop.pk, title, limit=limit) == expected


def test_related_rows_and_dicts_come_as_from_the_orm(shops: list[Shop]) -> None:
    [row, *_] = prepared(of_shop)(shops[0].pk, None, limit=2)
    with CaptureQueriesContext(connection) as asked:
        assert row.shop.name == shops[0].name
    assert len(asked) == 0
    ask = prepared(shown_since)
    for at in (NOON, NOON + timedelta(hours=1), NOON + timedelta(days=1)):
        assert sorted(ask(at), key=str) == sorted(shown_since(at), key=str)


def test_a_number_too_large_for_any_column_finds_nothing(shops: list[Shop]) -> None:
    ask = prepared(of_shop)
    assert ask(10**30, None, limit=1) == []
    assert len(ask(shops[0].pk, None, limit=1)) == 1


def test_a_value_that_the_statement_lacks_is_not_overlooked() -> None:
    @prepared
    def careless(shop_id: int) -> QuerySet[Product]:
        return Product.objects.all()

    with pytest.raises(ValueError, match="not in its statement"):
        careless(1)


def test_what_takes_two_statements_cannot_be_prepared() -> None:
    @prepared
    def two(shop_id: int) -> QuerySet[Product]:
        return Product.objects.filter(shop_id=shop_id).prefetch_related("images")

    with pytest.raises(ValueError, match="cannot prefetch"):
        two(1)


def test_without_djangos_private_parts_each_call_compiles_its_query(
    shops: list[Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = prepared(of_shop)
    expected = titles(shops[0].pk, None, limit=2)
    monkeypatch.setattr("trato.prepared._can_compile_once", lambda: False)
    monkeypatch.setattr("trato.prepared._Statement", None)
    assert titles(shops[0].pk, None, limit=2) == expected
    assert prepared(of_shop)(shops[1].pk, "Bowl 1", limit=2)[0].shop == shops[1]
