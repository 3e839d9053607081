"""Fixtures that the product tests share."""

import pytest

from catalog.models import Product


@pytest.fixture
def address(product: Product) -> str:
    return f"/my/products/{product.slug}/"
