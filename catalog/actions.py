"""Create and change products and their pictures."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from trato import rate_limits
from trato.images.sanitize import Picture
from trato.retention import ago

from . import access, submissions
from .fingerprints import set_changed
from .models import KeptPicture, Product, ProductImage, Shop
from .retention import delete_files
from .slugs import insert_with_slug


@transaction.atomic
def create_product(
    actor: User,
    values: Mapping[str, Any],
    pictures: Sequence[Picture] = (),
    keys: submissions.Keys | None = None,
    *,
    published: bool = False,
) -> Product:
    """Create a product in one of the actor's shops, published or as a draft.

    Args:
        values: its columns, all of `Product.FORM_COLUMNS`.
        keys: the form's keys, see `submissions`. A repeat returns the first result. Pictures kept
            from the form's earlier attempts are added.

    Raises:
        Http404: the shop is not one of the actor's, or has just closed.
        ValidationError: the shop or the product has reached its limit of products or pictures.
        Refused: `rate_limited`, if the actor has created too many products in a day.
    """
    access.own_shop(actor, values["shop"].pk)
    submitted = submissions.claim(actor, keys.content) if keys else None
    if keys and submitted is None:
        return submissions.made_before(actor, keys.content, Product.objects).get()
    _require_room_for_product(values["shop"])
    rate_limits.hit("PRODUCTS_PER_DAY", f"person-{actor.pk}")
    product = Product(**values, published_at=timezone.now() if published else None)
    insert_with_slug(product, product.title)
    _add_pictures(actor, product, pictures, keys)
    if submitted:
        submissions.finish(submitted, product)
    return product


@transaction.atomic
def change_product(
    actor: User,
    slug: str,
    values: Mapping[str, Any],
    seen: Mapping[str, str],
    pictures: Sequence[Picture] = (),
    keys: submissions.Keys | None = None,
    *,
    published: bool | None = None,
) -> Product:
    """Store only the columns of a product that somebody has changed.

    Args:
        values: the new values of its columns.
        seen: `Product.fingerprints` from when the form was shown; a column missing there counts as
            changed.
        pictures: new pictures. A form sent twice with the same content adds them once.
        keys: the form's keys. Pictures kept from its earlier attempts are added as well.
        published: also publish the product (True) or unpublish it (False), see `set_published`.

    Raises:
        Http404: there is no such product, or the actor doesn't work for its shop or its new shop.
        ChangedMeanwhile: a colleague has changed a column to something else since.
        ValidationError: the product would have too many pictures, or would be published although
            staff have taken it off sale.
    """
    product = access.own_product(actor, slug, lock=True)
    access.own_shop(actor, values["shop"].pk)
    changed = set_changed(product, values, seen)
    if published is not None:
        changed += _set_published(product, published)
    if changed:
        product.save(update_fields=[*changed, "updated_at"])
    if not pictures or keys is None or submissions.claim(actor, keys.content):
        _add_pictures(actor, product, pictures, keys)
    return product


def _add_pictures(
    actor: User, product: Product, pictures: Sequence[Picture], keys: submissions.Keys | None
) -> None:
    """Add pictures after the product's existing ones; kept pictures come first."""
    waiting = list(access.kept_pictures(actor, keys.form)) if keys else []
    files: list[Any] = [str(one.file.name) for one in waiting]
    if files or pictures:
        require_room_for_pictures(product.images.count() + len(files) + len(pictures))
    last = product.images.last()
    for position, file in enumerate([*files, *pictures], last.position + 1 if last else 0):
        ProductImage.objects.create(
            product=product, file=file, alt=product.title, position=position
        )
    KeptPicture.objects.filter(pk__in=[one.pk for one in waiting]).delete()


@transaction.atomic
def set_published(actor: User, slug: str, *, published: bool) -> Product:
    """Publish a product, or show it only to its shop.

    Raises:
        Http404: the product belongs to another shop.
        ValidationError: staff have taken it off sale, see `hiding`.
    """
    product = access.own_product(actor, slug, lock=True)
    if changed := _set_published(product, published):
        product.save(update_fields=[*changed, "updated_at"])
    return product


def _set_published(product: Product, published: bool) -> list[str]:
    """Set the columns and return their names; return none if nothing changes."""
    if product.is_published == published:
        return []
    if published and product.is_hidden:
        raise ValidationError(_("Our staff have taken this product off sale."), code="hidden")
    if published:  # we may have waited for a deletion that closed the shop
        get_object_or_404(Shop, pk=product.shop_id, closed_at=None)
    now = timezone.now()
    product.published_at, product.withdrawn_at = (now, None) if published else (None, now)
    return ["published_at", "withdrawn_at"]


def _require_room_for_product(shop: Shop) -> None:
    # Lock the shop, so that changes take turns, also with deleting its owner's account.
    get_object_or_404(Shop.objects.select_for_update(no_key=True), pk=shop.pk, closed_at=None)
    if Product.objects.filter(shop=shop).count() >= settings.PRODUCTS_PER_SHOP:
        raise ValidationError(
            _("This shop already has %(count)d products, the most it can have.")
            % {"count": settings.PRODUCTS_PER_SHOP}
        )


def require_room_for_pictures(count: int) -> None:
    """Raise ValidationError if a product may not have this many pictures."""
    if count > settings.PRODUCT_MAX_IMAGES:
        raise ValidationError(
            _("Up to %(limit)d pictures.") % {"limit": settings.PRODUCT_MAX_IMAGES}
        )


@transaction.atomic
def keep_pictures(actor: User, key: uuid.UUID, pictures: Sequence[Picture]) -> None:
    """Keep pictures until their form is valid. Above the limit, delete the person's oldest."""
    for picture in pictures:
        KeptPicture.objects.create(owner=actor, form_key=key, file=picture)
    own = KeptPicture.objects.filter(owner=actor)
    newest = own.order_by("-id").values_list("pk", flat=True)[: settings.KEPT_PICTURES_MAX]
    oldest = ago(hours=settings.KEPT_PICTURES_HOURS)
    _forget_kept(own.filter(Q(created_at__lt=oldest) | ~Q(pk__in=list(newest))))


@transaction.atomic
def drop_kept_pictures(actor: User, key: uuid.UUID, picture_ids: Sequence[int]) -> None:
    """Delete kept pictures that are no longer wanted."""
    _forget_kept(access.kept_pictures(actor, key).filter(pk__in=picture_ids))


def _forget_kept(pictures: QuerySet[KeptPicture]) -> None:
    for picture in pictures:
        delete_files([picture])
        picture.delete()


@transaction.atomic
def describe_picture(actor: User, slug: str, picture_id: int, alt: str) -> bool:
    """Set a picture's description. Raises Http404 if another shop has the product.

    Returns:
        Whether the product still has the picture.
    """
    images = access.own_product(actor, slug, lock=True).images
    return bool(images.filter(pk=picture_id).update(alt=alt))


@transaction.atomic
def move_picture(actor: User, slug: str, picture_id: int, by: int) -> bool:
    """Move a picture up (`by=-1`) or down (`by=1`). Raises Http404 if another shop has it.

    Returns:
        Whether the product still has the picture.
    """
    pictures = list(access.own_product(actor, slug, lock=True).images.all())
    places = [picture.pk for picture in pictures]
    if picture_id not in places:
        return False
    moved = pictures.pop(places.index(picture_id))
    pictures.insert(max(0, places.index(picture_id) + by), moved)
    for position, picture in enumerate(pictures):
        picture.position = position
    ProductImage.objects.bulk_update(pictures, ["position"])
    return True


@transaction.atomic
def remove_picture(actor: User, slug: str, picture_id: int) -> None:
    """Remove a picture from its product. Raises Http404 if another shop has the product.

    The file stays, because conversations show the product with the picture it had when somebody
    asked. `purge_expired` deletes it once no conversation shows it.
    """
    product = access.own_product(actor, slug, lock=True)
    product.images.filter(pk=picture_id).update(removed_at=timezone.now())
