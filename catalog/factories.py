"""Shops and products for tests and for the demo shop."""

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.factories import UserFactory

from . import access
from .models import Category, Product, Shop, ShopMember, TeamInvitation


class ShopFactory(DjangoModelFactory[Shop]):
    """A shop; `owner=` is its owner."""

    class Meta:
        model = Shop
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Shop {number}")
    slug = factory.Sequence(lambda number: f"shop-{number}")
    city = "Valencia"

    @factory.post_generation
    def owner(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            ShopMemberFactory(shop=self, user=extracted, role=ShopMember.Role.OWNER)


class ShopMemberFactory(DjangoModelFactory[ShopMember]):
    """A member of a shop; an agent by default."""

    class Meta:
        model = ShopMember

    shop = factory.SubFactory(ShopFactory)
    user = factory.SubFactory(UserFactory, seller=True)


class CategoryFactory(DjangoModelFactory[Category]):
    """A category."""

    class Meta:
        model = Category

    name = factory.Sequence(lambda number: f"Category {number}")
    name_es = factory.Sequence(lambda number: f"Categoría {number}")
    slug = factory.Sequence(lambda number: f"category-{number}")


class ProductFactory(DjangoModelFactory[Product]):
    """A published product; `unpublished=True` for a draft, `withdrawn=True` for one taken down."""

    class Meta:
        model = Product

    class Params:
        unpublished = factory.Trait(published_at=None)
        hidden = factory.Trait(published_at=None, hidden_at=factory.LazyFunction(timezone.now))
        withdrawn = factory.Trait(
            published_at=None, withdrawn_at=factory.LazyFunction(timezone.now)
        )

    shop = factory.SubFactory(ShopFactory)
    category = factory.SubFactory(CategoryFactory)
    title = factory.Sequence(lambda number: f"Product {number}")
    slug = factory.Sequence(lambda number: f"product-{number}")
    description = "Made by hand."
    price = 2450
    currency = Product.Currency.EUR
    stock = 3
    published_at = factory.LazyFunction(timezone.now)


class TeamInvitationFactory(DjangoModelFactory[TeamInvitation]):
    """An owner's open invitation to become an agent; `token=` sets the token in its link."""

    class Meta:
        model = TeamInvitation
        exclude = ("token",)

    token = factory.Sequence(lambda number: f"token-{number}")
    shop = factory.SubFactory(ShopFactory)
    email = factory.Sequence(lambda number: f"invited-{number}@example.com")
    invited_by = factory.LazyAttribute(lambda row: access.owners(row.shop.pk).get().user)
    token_hash = factory.LazyAttribute(lambda row: access.hash_of(row.token))
    mailed_at = factory.LazyFunction(timezone.now)
