"""Change a shop: its name, texts, slug, picture, and first steps."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from trato.images.sanitize import Picture

from . import access
from .fingerprints import set_changed
from .models import NAME_TAKEN, SLUG_TAKEN, FormerSlug, Shop, ShopMember
from .retention import delete_shop_picture


@transaction.atomic
def change_shop(
    actor: User, shop_id: int, values: Mapping[str, Any], seen: Mapping[str, str]
) -> Shop:
    """Store only the columns of a shop that an owner has changed.

    A slug that the shop gives up still leads to it.

    Args:
        values: the new values of its columns.
        seen: `Shop.fingerprints` from when the form was shown; a column missing there counts as
            changed.

    Raises:
        Http404: the actor doesn't work for the shop.
        PermissionDenied: the actor doesn't own the shop.
        ChangedMeanwhile: another owner has changed a column to something else since.
        ValidationError: another shop has the name or the slug, or the slug changed too often.
    """
    shop = _own_shop(actor, shop_id)
    slug = shop.slug
    changed = set_changed(shop, values, seen)
    if not changed:
        return shop
    if shop.slug != slug:
        _require_room_for_slug(shop)
        keep_leading_here(shop, slug)
    if "name" in changed:
        changed.append("name_skeleton")
    try:
        with transaction.atomic():
            shop.save(update_fields=changed)
    except IntegrityError:  # somebody took the name or slug after validation
        is_slug = Shop.objects.filter(slug=shop.slug).exclude(pk=shop.pk).exists()
        field, text = ("slug", SLUG_TAKEN) if is_slug else ("name", NAME_TAKEN)
        raise ValidationError({field: ValidationError(text, "taken")}) from None
    # Check this after the write, which waits for a shop that is giving up the slug.
    if FormerSlug.objects.filter(slug=shop.slug).exclude(shop=shop).exists():
        raise ValidationError({"slug": ValidationError(SLUG_TAKEN, "taken")})
    return shop


def _own_shop(actor: User, shop_id: int) -> Shop:
    """Return a shop that the actor owns, locked."""
    access.owned_shop(actor, shop_id)
    return Shop.objects.select_for_update(no_key=True).get(pk=shop_id)


def keep_leading_here(shop: Shop, slug: str) -> None:
    """Let a shop's old slug still lead to it, and make its new slug no longer a former one.

    Args:
        shop: the shop with its new slug; locked, unless staff change it.
    """
    FormerSlug.objects.filter(shop=shop, slug=shop.slug).delete()
    FormerSlug.objects.get_or_create(slug=slug, defaults={"shop": shop})


def _require_room_for_slug(shop: Shop) -> None:
    """Raise ValidationError if a shop has collected too many slugs."""
    others = FormerSlug.objects.filter(shop=shop).exclude(slug=shop.slug)
    if others.count() >= settings.FORMER_SLUGS_PER_SHOP:
        text = _("You've changed the address too often. Take one that your shop had before.")
        raise ValidationError({"slug": ValidationError(text, "too_often")})


@transaction.atomic
def set_picture(actor: User, shop_id: int, picture: Picture | None) -> None:
    """Store a shop's new picture, or remove it. The old file is deleted on commit.

    Raises:
        Http404: the actor doesn't work for the shop.
        PermissionDenied: the actor doesn't own the shop.
    """
    shop = _own_shop(actor, shop_id)
    delete_shop_picture(shop)
    shop.picture = picture or ""
    shop.save(update_fields=["picture"])


@transaction.atomic
def finish_first_steps(actor: User, shop_id: int) -> None:
    """Stop showing a shop's first steps. Raises Http404 if the actor doesn't work for it."""
    shop = access.own_shop(actor, shop_id)
    Shop.objects.filter(pk=shop.pk, first_steps_done_at=None).update(
        first_steps_done_at=timezone.now()
    )


def is_name_of_verified(claims: set[str], person_id: int | None) -> bool:
    """Return whether a name belongs to a verified shop that the person doesn't work for.

    Args:
        claims: what `trato.names.claimed` returns.
        person_id: None for somebody who is signing up.
    """
    shops = Shop.objects.filter(is_verified=True, closed_at=None, name_skeleton__in=claims)
    if person_id is not None:
        own = ShopMember.objects.filter(shop=OuterRef("pk"), user_id=person_id)
        shops = shops.filter(~Exists(own))
    return shops.exists()
