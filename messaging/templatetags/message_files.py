"""Message files in pages."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.util import find_spec

from django import template
from django.utils.formats import number_format

from messaging.models import File, Message

register = template.Library()


@register.simple_tag
@cache
def accepted_files() -> str:
    """Return the `accept` attribute of a file field.

    If it includes HEIC, iPhones send their photos unchanged; otherwise they convert them to JPEG.
    """
    heic = ["image/heic"] if find_spec("pillow_heif") else []
    pictures = ["image/jpeg", "image/png", "image/webp", "image/gif", *heic]
    return ",".join([*pictures, "application/pdf"])


@register.filter
def files_of(files: Mapping[int, list[File]], message: Message) -> list[File]:
    """Return the files of one message."""
    return files.get(message.pk, [])


@register.filter
def file_size(size: int) -> str:
    """Format a size in bytes like `sizeText` in static/js/files/file-list.js: 24.8 kB."""
    unit, divisor = ("kB", 1024) if size < 1024**2 else ("MB", 1024**2)
    value = Decimal(size and max(1024, size)) / divisor
    exact = Decimal("0.1") if value < 10 else Decimal(1)
    rounded = value.quantize(exact, ROUND_HALF_UP)
    whole = rounded == rounded.to_integral_value()
    return f"{number_format(rounded, 0 if whole else 1)}\u00a0{unit}"
