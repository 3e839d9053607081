"""How a product looked when a conversation about it started."""

from typing import Any

from .host import Product, host


def snapshot_of(product: Product) -> dict[str, Any]:
    """Return the columns of `Conversation` that record how a product looks now."""
    card = host.product_card(product)
    return {
        "product_id": product.pk,
        "product_title": card.title,
        "product_price": card.price,
        "product_currency": card.currency,
        "product_image": card.image_url,
    }
