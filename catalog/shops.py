"""What people do with their shop: its name, texts, address, picture, and first steps."""

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
from .models import NAME_TAKEN, SLUG_TAKEN, FormerSlug, Shop, ShopMember
from .retention import delete_shop_picture
from .seen import set_changed


@transaction.atomic
def change_shop(
    actor: User, shop_id: int, values: Mapping[str, Any], seen: Mapping[str, str]
) -> Shop:
    """Store what an owner changed about a shop, and nothing else.

    The address that a shop gives up keeps leading to it.

    Args:
        values: the new values of its columns.
        seen: `Shop.fingerprints` from when the form was shown; a column that is missing there
            counts as changed.

    Raises:
        Http404: the actor doesn't work for the shop.
        PermissionDenied: the actor doesn't own the shop.
        ChangedMeanwhile: another owner has since changed a column to something else.
        ValidationError: another shop has the name or the address, or the address changed too often.
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
    except IntegrityError:  # somebody took one of them after the form was validated
        is_slug = Shop.objects.filter(slug=shop.slug).exclude(pk=shop.pk).exists()
        field, text = ("slug", SLUG_TAKEN) if is_slug else ("name", NAME_TAKEN)
        raise ValidationError({field: ValidationError(text, "taken")}) from None
    # After the write, which waits for a shop that is just giving the address up.
    if FormerSlug.objects.filter(slug=shop.slug).exclude(shop=shop).exists():
        raise ValidationError({"slug": ValidationError(SLUG_TAKEN, "taken")})
    return shop


def _own_shop(actor: User, shop_id: int) -> Shop:
    """Return a shop that the actor owns, locked."""
    access.owned_shop(actor, shop_id)
    return Shop.objects.select_for_update(no_key=True).get(pk=shop_id)


def keep_leading_here(shop: Shop, slug: str) -> None:
    """Let an address that a shop gives up lead to it; if its new one was its own, take that back.

    Args:
        shop: with its new address, locked if it isn't staff who change it.
    """
    FormerSlug.objects.filter(shop=shop, slug=shop.slug).delete()
    FormerSlug.objects.get_or_create(slug=slug, defaults={"shop": shop})


def _require_room_for_slug(shop: Shop) -> None:
    """Raise ValidationError if a shop has collected too many addresses."""
    others = FormerSlug.objects.filter(shop=shop).exclude(slug=shop.slug)
    if others.count() >= settings.FORMER_SLUGS_PER_SHOP:
        text = _("You've changed the address too often. Take one that your shop had before.")
        raise ValidationError({"slug": ValidationError(text, "too_often")})


@transaction.atomic
def set_picture(actor: User, shop_id: int, picture: Picture | None) -> None:
    """Store a shop's new picture, or none; the old file is deleted once that is committed.

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
    """Show a shop's first steps no longer. Raises Http404 if the actor doesn't work for it."""
    shop = access.own_shop(actor, shop_id)
    Shop.objects.filter(pk=shop.pk, first_steps_done_at=None).update(
        first_steps_done_at=timezone.now()
    )


def is_name_of_verified(claims: set[str], person_id: int | None) -> bool:
    """Whether a name is that of a verified shop for which the person doesn't work.

    Args:
        claims: what `trato.names.claimed` returns.
        person_id: None for somebody who is signing up.
    """
    shops = Shop.objects.filter(is_verified=True, closed_at=None, name_skeleton__in=claims)
    if person_id is not None:
        own = ShopMember.objects.filter(shop=OuterRef("pk"), user_id=person_id)
        shops = shops.filter(~Exists(own))
    return shops.exists()
