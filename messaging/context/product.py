"""A conversation's product as it is now, and what has changed since the shopper asked."""

from dataclasses import dataclass

from messaging.host import ProductCard, host
from messaging.models import Conversation


@dataclass(frozen=True)
class ProductSince:
    """A product now, and as it was when the shopper asked.

    Args:
        stock: how many are left; None if that isn't counted.
    """

    now: ProductCard
    then: ProductCard
    stock: int | None
    is_sold_out: bool

    @property
    def has_new_title(self) -> bool:
        return self.now.title != self.then.title

    @property
    def has_new_price(self) -> bool:
        return self.now.price_text != self.then.price_text

    @property
    def has_new_picture(self) -> bool:
        """Whether the picture was replaced. A first picture added since doesn't count."""
        return self.then.image_url not in ("", self.now.image_url)

    @property
    def has_changed(self) -> bool:
        return self.has_new_title or self.has_new_price or self.has_new_picture


def product_of(conversation: Conversation) -> ProductSince | None:
    """Return a conversation's product, or None if it has none. Makes at most one query."""
    if conversation.product is None:
        return None
    now = host.product_card(conversation.product)
    then = ProductCard(
        title=conversation.product_title,
        price=conversation.product_price or 0,
        currency=conversation.product_currency,
        image_url=conversation.product_image,
        url=now.url,
        available=True,
    )
    stock, is_sold_out = (of(conversation.product) for of in (host.stock_of, host.is_sold_out))
    return ProductSince(now, then, stock, bool(is_sold_out))
