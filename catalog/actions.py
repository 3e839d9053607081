"""What people do with shops and products."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from trato import rate_limits
from trato.realtime.sessions import announce_access_changed

from . import access, submissions
from .images import Picture
from .models import (
    NAME_TAKEN,
    KeptPicture,
    Product,
    ProductImage,
    Shop,
    ShopMember,
    TeamInvitation,
    fingerprint,
)


class ChangedMeanwhile(Exception):
    """A colleague has changed the same columns of a product since the form was shown.

    Nothing was stored. `product` is what is there now.
    """

    def __init__(self, product: Product, columns: Sequence[str]) -> None:
        super().__init__(", ".join(columns))
        self.product, self.columns = product, columns


@transaction.atomic
def open_shop(actor: User, name: str, key: uuid.UUID | None = None) -> Shop:
    """Open a shop that the actor owns; an account that only shopped may sell from now on.

    Args:
        key: of the form, see `submissions`. A repeat returns the shop that the first one opened.

    Raises:
        ValidationError: another shop has the name, or the actor owns as many as one may.
    """
    submitted = submissions.claim(actor, key) if key else None
    if key and submitted is None:
        return submissions.made_before(actor, key, Shop.objects).get()
    _require_room_for_shop(actor)
    shop = Shop(name=name)
    try:
        _insert_with_slug(shop, name)
    except IntegrityError:  # somebody took the name after the form had looked
        raise ValidationError(NAME_TAKEN, code="taken") from None
    ShopMember.objects.create(shop=shop, user=actor, role=ShopMember.Role.OWNER)
    _let_sell(actor)
    if submitted:
        submissions.finish(submitted, shop)
    announce_access_changed(actor.pk)
    return shop


@transaction.atomic
def invite(actor: User, shop_id: int, email: str) -> None:
    """Ask somebody to the shop's team. Nothing tells whether an account has the address.

    Raises:
        PermissionDenied: the actor does not own the shop.
        ValidationError: the shop has asked too many who have not answered.
    """
    _require_owner(actor, shop_id)
    Shop.objects.select_for_update(no_key=True).get(pk=shop_id)
    email = email.lower()
    if TeamInvitation.objects.filter(shop_id=shop_id, email=email).exists():
        return
    if ShopMember.objects.filter(shop_id=shop_id, user__email__iexact=email).exists():
        return  # the team's addresses are no secret to its owner
    if TeamInvitation.objects.filter(shop_id=shop_id).count() >= settings.SHOP_INVITATIONS_MAX:
        raise ValidationError(_("Too many people have not answered yet. Take an invitation back."))
    TeamInvitation.objects.create(shop_id=shop_id, email=email, invited_by=actor)


@transaction.atomic
def take_back_invitation(actor: User, invitation_id: int) -> None:
    """Invite somebody no longer. Raises PermissionDenied if the actor does not own the shop."""
    invitation = TeamInvitation.objects.filter(pk=invitation_id).first()
    if invitation is not None:
        _require_owner(actor, invitation.shop_id)
        invitation.delete()


@transaction.atomic
def answer_invitation(actor: User, invitation_id: int, *, accept: bool) -> Shop | None:
    """Join the team that has asked for the actor, or decline; None if it no longer asks.

    An account that only shopped may sell from now on.
    """
    invitation = (
        access.invitations_for(actor)
        .select_for_update(of=("self",))
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        return None
    if accept:
        ShopMember.objects.get_or_create(shop_id=invitation.shop_id, user=actor)
        _let_sell(actor)
        announce_access_changed(actor.pk)
    invitation.delete()
    return invitation.shop


@transaction.atomic
def remove_member(actor: User, shop_id: int, user_id: int) -> None:
    """End somebody's work for the shop; their open tabs lose it at once.

    Raises:
        PermissionDenied: the actor does not own the shop, or means themselves.
    """
    _require_owner(actor, shop_id)
    if actor.pk == user_id:
        raise PermissionDenied
    _end_membership(ShopMember.objects.filter(shop_id=shop_id, user_id=user_id))


@transaction.atomic
def leave_shop(actor: User, shop_id: int) -> None:
    """End one's own work for a shop; open tabs lose it at once.

    Raises:
        PermissionDenied: the actor owns the shop: it may not be left without anybody.
    """
    own = ShopMember.objects.filter(shop_id=shop_id, user=actor)
    if own.filter(role=ShopMember.Role.OWNER).exists():
        raise PermissionDenied
    _end_membership(own)


@transaction.atomic
def create_product(
    actor: User,
    values: Mapping[str, Any],
    pictures: Sequence[Picture] = (),
    key: uuid.UUID | None = None,
    kept: uuid.UUID | None = None,
) -> Product:
    """Store a new product of one of the actor's shops, as a draft.

    Args:
        values: its columns, all of `Product.FORM_COLUMNS`.
        key: of the form, see `submissions`. A repeat returns what the first one made.
        kept: the form's key under which pictures of an earlier try wait.

    Raises:
        Http404: the shop is not one of the actor's.
        ValidationError: the shop has as many products as one may have.
        TooOften: the actor has made as many as one may in a day.
    """
    access.own_shop(actor, values["shop"].pk)
    submitted = submissions.claim(actor, key) if key else None
    if key and submitted is None:
        return submissions.made_before(actor, key, Product.objects).get()
    _require_room_for_product(values["shop"])
    rate_limits.hit("PRODUCTS_PER_DAY", f"person-{actor.pk}")
    product = Product(**values)
    _insert_with_slug(product, product.title)
    _add_pictures(actor, product, pictures, kept)
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
    key: uuid.UUID | None = None,
    kept: uuid.UUID | None = None,
) -> Product:
    """Store what somebody changed of a product, and nothing else of it.

    Args:
        values: its columns as the person wants them.
        seen: `Product.fingerprints` of when its form was shown; a column that is missing there
            counts as changed.
        pictures: new ones, added once for each `key`.
        kept: the form's key under which pictures of an earlier try wait.

    Raises:
        Http404: there is no such product, or it is or would be another shop's.
        ChangedMeanwhile: a colleague has since changed a column to something else.
    """
    product = access.own_product(actor, slug, lock=True)
    access.own_shop(actor, values["shop"].pk)
    wanted = {name: fingerprint(value) for name, value in values.items()}
    changed = [name for name, mark in wanted.items() if mark != seen.get(name)]
    if {"price", "currency"} & {*changed}:  # one makes no sense without the other
        changed = [*{*changed, "price", "currency"}]
    now = product.fingerprints()
    lost = [
        name for name in changed if name in seen and now[name] not in (seen[name], wanted[name])
    ]
    if lost:
        raise ChangedMeanwhile(product, lost)
    for name in changed:
        setattr(product, name, values[name])
    if changed:
        product.save(update_fields=[*changed, "updated_at"])
    if not pictures or key is None or submissions.claim(actor, key):
        _add_pictures(actor, product, pictures, kept)
    return product


def _add_pictures(
    actor: User, product: Product, pictures: Sequence[Picture], kept: uuid.UUID | None
) -> None:
    """Add pictures behind those that the product has; first those that wait."""
    waiting = list(access.kept_pictures(actor, kept)) if kept else []
    files: list[Any] = [str(one.file.name) for one in waiting]
    last = product.images.last()
    for position, file in enumerate([*files, *pictures], last.position + 1 if last else 0):
        ProductImage.objects.create(
            product=product, file=file, alt=product.title, position=position
        )
    KeptPicture.objects.filter(pk__in=[one.pk for one in waiting]).delete()


@transaction.atomic
def keep_pictures(actor: User, key: uuid.UUID, pictures: Sequence[Picture]) -> None:
    """Let pictures wait until their form is in order; the person's oldest ones make room."""
    for picture in pictures:
        KeptPicture.objects.create(owner=actor, form_key=key, file=picture)
    own = KeptPicture.objects.filter(owner=actor)
    newest = own.order_by("-id").values_list("pk", flat=True)[: settings.KEPT_PICTURES_MAX]
    oldest = timezone.now() - timedelta(hours=settings.KEPT_PICTURES_HOURS)
    _forget_kept(own.filter(Q(created_at__lt=oldest) | ~Q(pk__in=list(newest))))


@transaction.atomic
def drop_kept_pictures(actor: User, key: uuid.UUID, picture_ids: Sequence[int]) -> None:
    """Some pictures that wait are not wanted after all."""
    _forget_kept(access.kept_pictures(actor, key).filter(pk__in=picture_ids))


def _forget_kept(pictures: QuerySet[KeptPicture]) -> None:
    for picture in pictures:
        _delete_file(picture.file)
        picture.delete()


def _delete_file(file: FieldFile) -> None:
    """Delete a file once that is durable."""
    storage, name = file.storage, str(file.name)
    transaction.on_commit(lambda: storage.delete(name))


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
    """Show a picture no longer. Raises Http404 for another shop's.

    Its file stays: conversations show the product with the picture it had when somebody asked.
    `purge_expired` deletes it once none does.
    """
    product = access.own_product(actor, slug, lock=True)
    product.images.filter(pk=picture_id).update(removed_at=timezone.now())


def _require_room_for_shop(actor: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # so that acts take turns
    owned = ShopMember.objects.filter(user=actor, role=ShopMember.Role.OWNER)
    if owned.count() >= settings.SHOPS_PER_PERSON:
        raise ValidationError(
            _("You have %(count)d shops, and no more are possible.")
            % {"count": settings.SHOPS_PER_PERSON}
        )


def _require_room_for_product(shop: Shop) -> None:
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)  # so that acts take turns
    if Product.objects.filter(shop=shop).count() >= settings.PRODUCTS_PER_SHOP:
        raise ValidationError(
            _("This shop has %(count)d products, and no more are possible.")
            % {"count": settings.PRODUCTS_PER_SHOP}
        )


def free_slug(model: type[Shop] | type[Product], text: str) -> str:
    """An address for a title that no other row has."""
    slug = slugify(text)[:60].strip("-") or model._meta.model_name or ""
    if model._default_manager.filter(slug=slug).exists():
        slug = f"{slug}-{uuid.uuid4().hex[:8]}"
    return slug


def _insert_with_slug(row: Shop | Product, text: str) -> None:
    """Store a new row under an address for `text`, also if another one takes it at the same time.

    Raises:
        IntegrityError: something else of the row is taken.
    """
    row.slug = free_slug(type(row), text)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row.slug = f"{row.slug[:60]}-{uuid.uuid4().hex[:8]}"
        with transaction.atomic():
            row.save(force_insert=True)


def _require_owner(actor: User, shop_id: int) -> None:
    if not ShopMember.objects.filter(
        shop_id=shop_id, user=actor, role=ShopMember.Role.OWNER, user__is_active=True
    ).exists():
        raise PermissionDenied


def _let_sell(person: User) -> None:
    if not person.is_seller:
        person.role = User.Role.SELLER
        person.save(update_fields=["role"])


def _end_membership(rows: QuerySet[ShopMember]) -> None:
    for row in rows:
        row.delete()
        announce_access_changed(row.user_id)
