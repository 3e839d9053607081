"""Retention of abandoned shops, pictures, form keys and invitations."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from trato.retention import Rule, ago
from trato.stored_files.actions import delete_on_commit

from .models import KeptPicture, ProductImage, Shop, ShopMember, SubmittedForm, TeamInvitation


def _abandoned() -> QuerySet[Shop]:
    """Shops whose accounts were deleted unverified. Otherwise their names would stay taken.

    A shop with products or conversations is kept, because these refer to it.
    """
    until = ago(days=settings.UNVERIFIED_ACCOUNTS_KEEP_DAYS)
    members = ShopMember.objects.filter(shop=OuterRef("pk"))
    return Shop.objects.filter(~Exists(members), created_at__lt=until)


def _delete_shop_pictures(shop_ids: Sequence[int]) -> None:
    for shop in _abandoned().filter(pk__in=shop_ids).exclude(picture=""):
        delete_shop_picture(shop)


def delete_shop_picture(shop: Shop) -> None:
    """Delete a shop picture's file once the transaction is committed."""
    if shop.picture:
        delete_on_commit([str(shop.picture.name)])


def _kept_pictures() -> QuerySet[KeptPicture]:
    until = ago(hours=settings.KEPT_PICTURES_HOURS)
    return KeptPicture.objects.filter(created_at__lt=until)


def _delete_files(picture_ids: Sequence[int]) -> None:
    delete_files(_kept_pictures().filter(pk__in=picture_ids))


def delete_files(pictures: Iterable[KeptPicture | ProductImage]) -> None:
    """Delete pictures' files once the deletion of their rows is committed."""
    delete_on_commit(str(picture.file.name) for picture in pictures)


def _submitted_forms() -> QuerySet[SubmittedForm]:
    until = ago(days=settings.SUBMITTED_FORM_DAYS)
    return SubmittedForm.objects.filter(created_at__lt=until)


def _invitations() -> QuerySet[TeamInvitation]:
    until = ago(days=settings.EXPIRED_INVITATIONS_KEEP_DAYS)
    return TeamInvitation.objects.filter(expires_at__lt=until)


RULES = [
    Rule("shops without people and products", _abandoned, _delete_shop_pictures),
    Rule("pictures of forms that were never finished", _kept_pictures, _delete_files),
    Rule("keys of forms", _submitted_forms),
    Rule("invitations to teams that have expired", _invitations),
]
