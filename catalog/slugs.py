"""Addresses made from titles, each used once."""

import uuid

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from .models import Product, Shop


def free_slug(model: type[Shop] | type[Product], text: str) -> str:
    """An address for a title that no other row has."""
    slug = slugify(text)[:60].strip("-") or model._meta.model_name or ""
    if model._default_manager.filter(slug=slug).exists():
        slug = f"{slug}-{uuid.uuid4().hex[:8]}"
    return slug


def insert_with_slug(row: Shop | Product, text: str) -> None:
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
