"""Unique slugs made from titles."""

import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from .models import FormerSlug, Product, Shop


def insert_with_slug(row: Shop | Product, text: str) -> None:
    """Insert a row with a slug made from `text`, with a suffix if it is taken.

    A slug that is reserved, or that a shop has or had, counts as taken.

    Raises:
        IntegrityError: the row violates another constraint.
    """
    row.slug = slugify(text)[:60].strip("-") or str(row._meta.model_name)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            if isinstance(row, Shop):
                _refuse_former(row)
    except IntegrityError:
        row.slug = f"{row.slug}-{uuid.uuid4().hex[:8]}"
        with transaction.atomic():
            row.save(force_insert=True)


def _refuse_former(shop: Shop) -> None:
    """Raise IntegrityError if a shop's slug is reserved, or was another shop's.

    Call it after the insert, which waits for a shop that is giving up the slug.
    """
    if (
        shop.slug in settings.RESERVED_SHOP_SLUGS
        or FormerSlug.objects.filter(slug=shop.slug).exists()
    ):
        raise IntegrityError("former address")
