"""URLs of the admin's pages."""

from typing import Any


def address(model: Any, rest: str = "") -> str:
    """Return the URL of a model's list (or of a row's model's), or a URL below it."""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


def of(row: Any, rest: str = "change/") -> str:
    """Return the URL of a row's page, or a URL below it."""
    return address(row, f"{row.pk}/{rest}")
