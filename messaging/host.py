"""All that messaging asks of the shop it stands in.

The two models named by `MESSAGING_PRODUCT_MODEL` and `MESSAGING_SHOP_MODEL` must offer what
`Product` and `Shop` below say; nothing else of them is used.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, cast

from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import User


class Shop(Protocol):
    """A shop. As a Django model it also has the many-to-many field `members`."""

    pk: int
    name: str
    slug: str

    def get_absolute_url(self) -> str: ...


class Product(Protocol):
    """A product. Its price is in minor units of its currency (ISO 4217)."""

    pk: int
    slug: str
    shop: Any
    shop_id: int
    title: str
    price: int
    currency: str

    @property
    def image_url(self) -> str: ...

    @property
    def is_published(self) -> bool: ...

    def get_absolute_url(self) -> str: ...

    @staticmethod
    def format_price(amount: int, currency: str) -> str: ...


@dataclass(frozen=True)
class ProductCard:
    """What a thread shows of a product."""

    title: str
    price_text: str
    image_url: str
    url: str
    available: bool


@cache
def product_model() -> type[models.Model]:
    return apps.get_model(settings.MESSAGING_PRODUCT_MODEL)


@cache
def shop_model() -> type[models.Model]:
    return apps.get_model(settings.MESSAGING_SHOP_MODEL)


def shops_of(user_id: int) -> models.QuerySet[Any]:
    """The shops that a person works for right now: an active seller among their members."""
    return shop_model()._default_manager.filter(
        members__pk=user_id, members__role=User.Role.SELLER, members__is_active=True
    )


def memberships(**only: Any) -> models.QuerySet[Any, tuple[int, int]]:
    """All pairs of a shop and a person who works for it right now, by their ids.

    Args:
        only: further conditions. In a filter of their own they could be about another member.
    """
    return (
        shop_model()
        ._default_manager.filter(members__role=User.Role.SELLER, members__is_active=True, **only)
        .order_by()
        .values_list("pk", "members__pk")
    )


def memberships_of(user_ids: Collection[int]) -> models.QuerySet[Any, tuple[int, int]]:
    """The pairs of `memberships` that some people are in."""
    return memberships(members__pk__in=user_ids)


def shop_names() -> models.QuerySet[Any, tuple[int, str]]:
    """All shops' ids and names."""
    return shop_model()._default_manager.order_by().values_list("pk", "name")


def shop_ids_of(user_ids: Iterable[int]) -> dict[int, list[int]]:
    """The shops that each of some people works for right now, in one query."""
    found: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
    for shop_id, user_id in memberships_of(found.keys()):
        found[user_id].append(shop_id)
    return found


def member_ids(shop_id: int) -> list[int]:
    """The active sellers who work for a shop."""
    return list(
        User.objects.filter(
            pk__in=shop_model()._default_manager.filter(pk=shop_id).values("members"),
            role=User.Role.SELLER,
            is_active=True,
        ).values_list("pk", flat=True)
    )


def works_for(user_id: int, shop_id: int) -> bool:
    """Whether a person is on the shop's side, whatever the account's role."""
    return shop_model()._default_manager.filter(pk=shop_id, members__pk=user_id).exists()


def find_product(slug: str) -> Product | None:
    """A product that shoppers can see, with its shop."""
    found = find_any_product(slug)
    return found if found is not None and found.is_published else None


def find_any_product(slug: str) -> Product | None:
    """A product with its shop, also one that shoppers can't see (any more)."""
    product = product_model()._default_manager.select_related("shop").filter(slug=slug).first()
    return cast("Product | None", product)


def find_shop(slug: str) -> Shop | None:
    """A shop by its address."""
    return cast("Shop | None", shop_model()._default_manager.filter(slug=slug).first())


def card_of(product: Product) -> ProductCard:
    """A product as it stands now."""
    return ProductCard(
        title=product.title,
        price_text=price_text(product.price, product.currency),
        image_url=product.image_url,
        url=product.get_absolute_url(),
        available=product.is_published,
    )


def price_text(amount: int, currency: str) -> str:
    """An amount in minor units as the reader's language writes it."""
    return cast("type[Product]", product_model()).format_price(amount, currency)
