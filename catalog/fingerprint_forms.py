"""The base class of forms for a `fingerprints.FingerprintedRow`."""

import json
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .fingerprints import ChangedMeanwhile, FingerprintedRow

R = TypeVar("R", bound=FingerprintedRow)


class FingerprintForm(forms.ModelForm[R]):
    """A form that knows what its author has seen, from the hidden field `seen`."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen"].initial = json.dumps(self.instance.fingerprints())

    def clean_seen(self) -> dict[str, str]:
        """Return the row's state when the form was shown, see `FingerprintedRow.fingerprints`."""
        try:
            seen = json.loads(self.cleaned_data["seen"] or "{}")
        except (ValueError, RecursionError):
            return {}
        return seen if isinstance(seen, dict) else {}

    def values(self) -> dict[str, Any]:
        """Return the new values of the row's columns."""
        return {name: self.cleaned_data[name] for name in self.instance.FORM_COLUMNS}

    def shown(self, row: R, column: str) -> tuple[str, str]:
        """Return the field that shows a column, and the value that it shows."""
        return column, str(getattr(row, column))

    def changed_meanwhile(self, error: ChangedMeanwhile, row: R) -> None:
        """Report what a colleague has changed meanwhile, and accept the form if it is sent again.

        Args:
            row: the row with its current values.
        """
        text = _("A colleague has changed this to “%(value)s”. Save again to keep yours.")
        for column in error.columns:
            field, value = self.shown(row, column)
            shown = {"value": Truncator(value).chars(200)}
            self.add_error(field, ValidationError(text, "changed_meanwhile", shown))
        now = row.fingerprints()
        seen = self.cleaned_data["seen"] | {column: now[column] for column in error.columns}
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = json.dumps(seen)
        self.data = data
