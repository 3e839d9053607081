"""Where the admin keeps its pages."""

from typing import Any


def address(model: Any, rest: str = "") -> str:
    """The list of a model, or of a row's model, or what is below it."""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


def of(row: Any, rest: str = "change/") -> str:
    """The page of a row, or another one below it."""
    return address(row, f"{row.pk}/{rest}")
