"""What sellers send: pictures, and the form of a product."""

import io
from typing import Any

from PIL import Image

from catalog.models import Product


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **extra: Any) -> bytes:
    """The bytes of a picture's file."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind, **extra)
    return buffer.getvalue()


def form_for(product: Product, **change: Any) -> dict[str, Any]:
    """A new product beside this one, as its form posts it."""
    values = {
        "shop": product.shop_id, "title": "New bowl", "category": product.category_id,
        "description": "", "currency": "EUR", "amount": "12.50", "stock": 2,
    }  # fmt: skip
    return values | change
