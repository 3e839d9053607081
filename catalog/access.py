"""The door to shops and products: who may not see a thing gets the 404 of a thing that is not."""

import uuid
from typing import Any, cast

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from trato.prepared import prepared

from .models import KeptPicture, Product, Shop, TeamInvitation

Person = User | AnonymousUser


def shops_of(user: Person) -> QuerySet[Shop]:
    """The shops that a person works for; none for an account that only shops."""
    if not isinstance(user, User) or not user.is_seller:
        return Shop.objects.none()
    return Shop.objects.filter(memberships__user=user)


def own_shop(user: Person, shop_id: int) -> Shop:
    """A shop that the person works for; Http404 if it is none, or somebody else's."""
    return get_object_or_404(shops_of(user), pk=shop_id)


def own_products(user: Person) -> QuerySet[Product]:
    """The products of the shops that a person works for, published or not."""
    return Product.objects.filter(shop__in=shops_of(user))


def own_product(user: Person, slug: str, *, lock: bool = False) -> Product:
    """A product that the person may change; Http404 if there is none, or it is another shop's.

    Args:
        lock: hold the row until the transaction ends, so that writers take turns.
    """
    products = own_products(user)
    if lock:
        products = products.select_for_update(of=("self",), no_key=True)
    return get_object_or_404(products, slug=slug)


@prepared
def _visible(slug: str, seller: int | None) -> QuerySet[Product]:
    shops = Shop.objects.none()
    if seller is not None:
        shops = Shop.objects.filter(pk=OuterRef("shop"), memberships__user_id=seller)
    products = Product.objects.filter(slug=slug).select_related("shop", "category")
    return products.annotate(is_own=Exists(shops))


def visible_product(user: Person, slug: str) -> Product:
    """A product as its page shows it: published, or of the person's own shop; else Http404.

    Its shop and category are loaded with it, and `is_own` tells whether the person works there.
    """
    seller = user.pk if isinstance(user, User) and user.is_seller else None
    product = next(iter(_visible(slug, seller)), None)
    if product is None or not (product.is_published or cast(Any, product).is_own):
        raise Http404
    return product


def invitations_for(user: User) -> QuerySet[TeamInvitation]:
    """The teams that ask for a person, by the account's address, once that is confirmed."""
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return TeamInvitation.objects.filter(
        Exists(confirmed), email=user.email.lower()
    ).select_related("shop", "invited_by")


def kept_pictures(user: User, form_key: uuid.UUID) -> QuerySet[KeptPicture]:
    """A person's pictures that wait for a form to be in order."""
    return KeptPicture.objects.filter(owner=user, form_key=form_key)
