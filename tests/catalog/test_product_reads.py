"""The pictures of a product's page, and PostgreSQL's plan for them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.factories import ProductFactory, ShopFactory
from catalog.models import Product, ProductImage
from catalog.queries import pictures_and_neighbours

pytestmark = pytest.mark.django_db

SHOPS, PRODUCTS, PICTURES = 20, 20, 10  # enough rows that an index is cheaper than a scan


def test_a_product_s_page_reads_no_other_shop_s_pictures() -> None:
    first: Product = ProductFactory(shop=ShopFactory())
    products = Product.objects.bulk_create(
        Product(
            shop=shop, category=first.category, title=f"Bowl {n}", slug=f"bowl-{shop.pk}-{n}",
            description="x", price=1, currency="EUR", stock=1, published_at=first.published_at,
        )
        for shop in (first.shop, *ShopFactory.create_batch(SHOPS))
        for n in range(PRODUCTS)
    )  # fmt: skip
    ProductImage.objects.bulk_create(
        ProductImage(product=product, file=f"{n}.jpg", width=1, height=1, alt="x", position=n)
        for product in (first, *products)
        for n in range(PICTURES)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as asked:
        pictures, neighbours = pictures_and_neighbours(first)
    assert len(pictures) == PICTURES
    assert len(neighbours) == 4
    assert {image.product.shop_id for image in neighbours} == {first.shop_id}
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor)
    assert "Seq Scan on catalog_productimage" not in plan, plan
