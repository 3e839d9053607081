"""What people do with shops and products."""

import uuid
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sessions import announce_access_changed

from . import access
from .images import Picture
from .models import Product, ProductImage, Shop, ShopMember


@transaction.atomic
def open_shop(actor: User, name: str) -> Shop:
    """Open a shop that the actor owns; an account that only shopped may sell from now on.

    Raises:
        IntegrityError: another shop has the name; forms check it first.
    """
    shop = Shop.objects.create(name=name, slug=free_slug(Shop, name))
    ShopMember.objects.create(shop=shop, user=actor, role=ShopMember.Role.OWNER)
    if not actor.is_seller:
        actor.role = User.Role.SELLER
        actor.save(update_fields=["role"])
    announce_access_changed(actor.pk)
    return shop


@transaction.atomic
def add_member(actor: User, shop_id: int, email: str) -> ShopMember:
    """Let a seller answer for the shop.

    Raises:
        PermissionDenied: the actor does not own the shop.
        ValidationError: no seller has this address.
    """
    _require_owner(actor, shop_id)
    user = User.objects.filter(email__iexact=email, role=User.Role.SELLER, is_active=True).first()
    if user is None:
        raise ValidationError(_("No seller's account has this address. Ask them to sign up first."))
    member, _created = ShopMember.objects.get_or_create(shop_id=shop_id, user=user)
    announce_access_changed(user.pk)
    return member


@transaction.atomic
def remove_member(actor: User, shop_id: int, user_id: int) -> None:
    """End somebody's work for the shop; their open tabs lose it at once.

    Raises:
        PermissionDenied: the actor does not own the shop, or means themselves.
    """
    _require_owner(actor, shop_id)
    if actor.pk == user_id:
        raise PermissionDenied
    deleted, _rows = ShopMember.objects.filter(shop_id=shop_id, user_id=user_id).delete()
    if deleted:
        announce_access_changed(user_id)


@transaction.atomic
def save_product(actor: User, product: Product, pictures: Sequence[Picture] = ()) -> Product:
    """Store a new or changed product of one of the actor's shops, with new pictures.

    Raises:
        Http404: the product's shop is not one of the actor's.
    """
    access.own_shop(actor, product.shop_id)
    if not product.slug:
        product.slug = free_slug(Product, product.title)
    product.save()
    last = product.images.last()
    for position, picture in enumerate(pictures, last.position + 1 if last else 0):
        ProductImage.objects.create(
            product=product, file=picture, alt=product.title, position=position
        )
    return product


@transaction.atomic
def set_published(actor: User, slug: str, *, published: bool) -> Product:
    """Show a product to everybody, or to its shop alone. Raises Http404 for another shop's."""
    product = access.own_product(actor, slug, lock=True)
    if product.is_published != published:
        product.published_at = timezone.now() if published else None
        product.save(update_fields=["published_at", "updated_at"])
    return product


@transaction.atomic
def describe_picture(actor: User, slug: str, picture_id: int, alt: str) -> None:
    """Say what a picture shows. Raises Http404 for another shop's."""
    access.own_product(actor, slug, lock=True).images.filter(pk=picture_id).update(alt=alt)


@transaction.atomic
def move_picture(actor: User, slug: str, picture_id: int, by: int) -> None:
    """Show a picture earlier (`by=-1`) or later (`by=1`); the first one is the product's cover.

    Raises:
        Http404: the product is another shop's.
    """
    pictures = list(access.own_product(actor, slug, lock=True).images.all())
    places = [picture.pk for picture in pictures]
    if picture_id not in places:
        return
    moved = pictures.pop(places.index(picture_id))
    pictures.insert(max(0, places.index(picture_id) + by), moved)
    for position, picture in enumerate(pictures):
        picture.position = position
    ProductImage.objects.bulk_update(pictures, ["position"])


@transaction.atomic
def remove_picture(actor: User, slug: str, picture_id: int) -> None:
    """Remove a picture, and its file once that is durable. Raises Http404 for another shop's."""
    product = access.own_product(actor, slug, lock=True)
    for picture in product.images.filter(pk=picture_id):
        storage, name = picture.file.storage, str(picture.file.name)
        picture.delete()
        transaction.on_commit(lambda: storage.delete(name))  # noqa: B023 – at most one


def free_slug(model: type[Shop] | type[Product], text: str) -> str:
    """An address for a title that no other row has."""
    slug = slugify(text)[:60].strip("-") or model._meta.model_name or ""
    if model._default_manager.filter(slug=slug).exists():
        slug = f"{slug}-{uuid.uuid4().hex[:8]}"
    return slug


def _require_owner(actor: User, shop_id: int) -> None:
    if not ShopMember.objects.filter(
        shop_id=shop_id, user=actor, role=ShopMember.Role.OWNER, user__is_active=True
    ).exists():
        raise PermissionDenied
