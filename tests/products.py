"""Sellers' uploads: pictures, and the product form."""

import io
from typing import Any

import factory
from factory.django import DjangoModelFactory, ImageField
from PIL import Image

from catalog.factories import ProductFactory
from catalog.models import Product, ProductImage


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **extra: Any) -> bytes:
    """Return the content of an image file."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind, **extra)
    return buffer.getvalue()


def form_for(product: Product, **change: Any) -> dict[str, Any]:
    """Return the form of a new product in the same shop, as a browser posts it."""
    values = {
        "shop": product.shop_id, "title": "New bowl", "category": product.category_id,
        "description": "", "currency": "EUR", "amount": "12.50", "stock": 2,
    }  # fmt: skip
    return values | change


class ProductImageFactory(DjangoModelFactory[ProductImage]):
    """A picture of a product."""

    class Meta:
        model = ProductImage

    product = factory.SubFactory(ProductFactory)
    file = ImageField(width=40, height=40)
    alt = "A bowl"
