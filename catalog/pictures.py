"""What people do with the pictures of a product, and of forms that were refused."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from trato.retention import ago

from . import access
from .images import Picture
from .models import KeptPicture, ProductImage
from .retention import delete_files


@transaction.atomic
def keep_pictures(actor: User, key: uuid.UUID, pictures: Sequence[Picture]) -> None:
    """Let pictures wait until their form is in order; the person's oldest ones make room."""
    for picture in pictures:
        KeptPicture.objects.create(owner=actor, form_key=key, file=picture)
    own = KeptPicture.objects.filter(owner=actor)
    newest = own.order_by("-id").values_list("pk", flat=True)[: settings.KEPT_PICTURES_MAX]
    oldest = ago(hours=settings.KEPT_PICTURES_HOURS)
    _forget_kept(own.filter(Q(created_at__lt=oldest) | ~Q(pk__in=list(newest))))


@transaction.atomic
def drop_kept_pictures(actor: User, key: uuid.UUID, picture_ids: Sequence[int]) -> None:
    """Some pictures that wait are not wanted after all."""
    _forget_kept(access.kept_pictures(actor, key).filter(pk__in=picture_ids))


def _forget_kept(pictures: QuerySet[KeptPicture]) -> None:
    for picture in pictures:
        delete_files([picture])
        picture.delete()


@transaction.atomic
def describe_picture(actor: User, slug: str, picture_id: int, alt: str) -> None:
    """Say what a picture shows. Raises Http404 for another shop's."""
    access.own_product(actor, slug, lock=True).images.filter(pk=picture_id).update(alt=alt)


@transaction.atomic
def move_picture(actor: User, slug: str, picture_id: int, by: int) -> None:
    """Show a picture earlier (`by=-1`) or later (`by=1`). Raises Http404 for another shop's."""
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
