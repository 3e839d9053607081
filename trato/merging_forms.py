"""Forms for data that several people may edit at once: each saves only what its author changed."""

from contextlib import suppress
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _


class MergingForm(forms.Form):
    """Sends the displayed values along, and keeps what others have changed since.

    A field that is submitted as it was shown takes the current value, which is its `initial`. If
    somebody else has changed the same field, the form is refused once.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self.data = cast(QueryDict, self.data).copy()

    def show_initial(self) -> None:
        """Include all fields' displayed values in the page. Subclasses call this when ready."""
        for name, field in self.fields.items():
            # A form without these values isn't from our page, so all its values count.
            field.show_hidden_initial = not self.is_bound or self._shown_name(name) in self.data

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in [*cleaned]:
            bound = self[name]
            if not bound.field.show_hidden_initial:
                continue
            is_same = not bound.field.has_changed(self._shown(bound), bound.data)
            if not bound.field.has_changed(bound.initial, self._shown(bound)):
                continue  # nobody else has changed it
            if is_same:
                with suppress(forms.ValidationError):  # such as a time that has passed meanwhile
                    cleaned[name] = bound.field.clean(bound.initial)
            elif bound.field.has_changed(bound.initial, bound.data):
                self._refuse_once(bound)
        return cleaned

    def _shown_name(self, name: str) -> str:
        return str(self[name].html_initial_name)

    def _shown(self, bound: BoundField) -> Any:
        return bound.field.hidden_widget().value_from_datadict(
            self.data, self.files, bound.html_initial_name
        )

    def _refuse_once(self, bound: BoundField) -> None:
        now = "" if bound.initial is None else str(bound.initial)
        cast(QueryDict, self.data)[bound.html_initial_name] = now
        text = _("A colleague has changed this to “%(value)s”. Save again to keep yours.")
        shown = {"value": Truncator(now).chars(200)}
        self.add_error(bound.name, forms.ValidationError(text, "changed_meanwhile", shown))
