"""Addresses of the admin's pages."""

from typing import Any


def address(model: Any, rest: str = "") -> str:
    """The list of a model, of a row's model, or an address below it."""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


def of(row: Any, rest: str = "change/") -> str:
    """The page of a row, or an address below it."""
    return address(row, f"{row.pk}/{rest}")
