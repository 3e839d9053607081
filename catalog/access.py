"""The only access to shops and products. People get a 404 for what they may not see."""

import hashlib
import uuid
from typing import Any, cast

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from trato.prepared import prepared

from .models import KeptPicture, Product, Shop, ShopMember, TeamInvitation

Person = User | AnonymousUser


def shops_of(user: Person) -> QuerySet[Shop]:
    """Return the open shops that a person works for; none for an account that only shops."""
    if not isinstance(user, User) or not user.is_seller:
        return Shop.objects.none()
    return Shop.objects.filter(memberships__user=user, closed_at=None)


def own_shop(user: Person, shop_id: int) -> Shop:
    """Return a shop that the person works for; raise Http404 if there is no such shop."""
    return get_object_or_404(shops_of(user), pk=shop_id)


def keep_open(shop_id: int) -> bool:
    """Return whether a shop is open, and keep it from closing until the transaction ends.

    Several transactions can hold `FOR SHARE`, so people who start conversations don't wait for
    each other.
    """
    if connection.vendor != "postgresql":  # on SQLite, transactions take turns anyway
        return Shop.objects.filter(pk=shop_id, closed_at=None).exists()
    with connection.cursor() as cursor:
        open_shop = "SELECT 1 FROM catalog_shop WHERE id = %s AND closed_at IS NULL FOR SHARE"
        cursor.execute(open_shop, [shop_id])
        return cursor.fetchone() is not None


def own_products(user: Person) -> QuerySet[Product]:
    """Return the products of the shops that a person works for, published or not."""
    return Product.objects.filter(shop__in=shops_of(user))


def own_product(user: Person, slug: str, *, lock: bool = False) -> Product:
    """Return a product that the person may change; raise Http404 if there is none.

    Args:
        lock: hold the row's lock until the transaction ends, so that writers take turns.
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
    """Return a product that is published or the person's own; otherwise raise Http404.

    Its shop and category are loaded with it; `is_own` says whether the person works for its shop.
    """
    seller = user.pk if isinstance(user, User) and user.is_seller else None
    product = next(iter(_visible(slug, seller)), None)
    if product is None or not (product.is_published or cast(Any, product).is_own):
        raise Http404
    return product


def owners(shop_id: Any) -> QuerySet[ShopMember]:
    """Return the memberships of a shop's owners, except suspended people."""
    return ShopMember.objects.filter(
        shop_id=shop_id, role=ShopMember.Role.OWNER, user__is_active=True
    )


def is_owner(user: User, shop_id: int) -> bool:
    """Return whether a person owns a shop."""
    return owners(shop_id).filter(user=user).exists()


def own_member(user: User, shop_id: int, user_id: int) -> ShopMember:
    """Return a membership of a shop that the person owns; otherwise raise Http404."""
    rows = ShopMember.objects.filter(Exists(owners(shop_id).filter(user=user)), shop_id=shop_id)
    return get_object_or_404(rows.select_related("shop", "user"), user_id=user_id)


def has_confirmed(user: User, email: str) -> bool:
    """Return whether an address belongs to the account and is confirmed."""
    return user.email.lower() == email and _confirmed(user).exists()


def owned_shop(user: User, shop_id: int) -> Shop:
    """Return a shop that the person owns.

    Raises:
        Http404: the person doesn't work for it.
        PermissionDenied: the person is not an owner.
    """
    shop = own_shop(user, shop_id)
    if not is_owner(user, shop_id):
        raise PermissionDenied(f"owner of shop {shop_id}")  # only for the log
    return shop


def invitations_for(user: User) -> QuerySet[TeamInvitation]:
    """Return the open team invitations for the account's email address, if it is confirmed."""
    return _invitations().filter(
        Exists(_confirmed(user)), email=user.email.lower(), expires_at__gt=timezone.now()
    )


def invitation_of_link(token: str) -> TeamInvitation | None:
    """Return the invitation with this link, which may have expired; None if there is none."""
    return _invitations().filter(token_hash=hash_of(token)).first() if token else None


def hash_of(token: str) -> str:
    """Return the hash that we store for a token. Tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _confirmed(user: User) -> QuerySet[EmailAddress]:
    rows: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=user, verified=True)
    return rows.filter(email__iexact=user.email)


def _invitations() -> QuerySet[TeamInvitation]:
    """Return invitations by people who still own the shop."""
    inviter = owners(OuterRef("shop")).filter(user=OuterRef("invited_by"))
    rows: QuerySet[TeamInvitation] = TeamInvitation.objects.filter(Exists(inviter))
    return rows.select_related("shop", "invited_by")


def kept_pictures(user: User, form_key: uuid.UUID) -> QuerySet[KeptPicture]:
    """Return the pictures from a person's refused form, kept for the next attempt."""
    return KeptPicture.objects.filter(owner=user, form_key=form_key)
