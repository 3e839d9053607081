"""Retention that concerns two apps: catalog pictures that no conversation shows."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import ProductImage
from catalog.retention import delete_files
from messaging.models import Conversation
from trato.retention import Rule, ago


def _removed_pictures() -> QuerySet[ProductImage]:
    """Pictures that were removed from their product and that no conversation shows."""
    until = ago(days=settings.REMOVED_PICTURES_KEEP_DAYS)
    shown = Conversation.objects.filter(
        product_id=OuterRef("product_id"), product_image__endswith=OuterRef("file")
    )
    return ProductImage.with_removed.filter(~Exists(shown), removed_at__lt=until)


def _delete_files(picture_ids: Sequence[int]) -> None:
    delete_files(_removed_pictures().filter(pk__in=picture_ids))


RULES = [Rule("pictures that were removed from their product", _removed_pictures, _delete_files)]
