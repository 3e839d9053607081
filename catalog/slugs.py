"""Unique addresses made from titles."""

import uuid

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from .models import Product, Shop


def insert_with_slug(row: Shop | Product, text: str) -> None:
    """Insert a row with an address made from `text`, with a suffix if that one is taken.

    Raises:
        IntegrityError: the row violates another constraint.
    """
    row.slug = slugify(text)[:60].strip("-") or str(row._meta.model_name)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row.slug = f"{row.slug}-{uuid.uuid4().hex[:8]}"
        with transaction.atomic():
            row.save(force_insert=True)
