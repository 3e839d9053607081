"""Fields for multi-line text."""

from typing import Any

from django import forms
from django.db import models
from django.utils.text import normalize_newlines


class MultilineField(forms.CharField):
    """A multi-line text, in which a line break is one character.

    Browsers count a line break as one character but post `\\r\\n`, so a text within their limit
    would be too long.
    """

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        return super().to_python(normalize_newlines(value) if value else value)


class MultilineTextField(models.TextField[str, str]):
    """A `TextField` whose form field is a `MultilineField`. Migrations see the `TextField`."""

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(*args, **{"form_class": MultilineField, **kwargs})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
