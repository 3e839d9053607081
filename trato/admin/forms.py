"""The base class of all forms with which staff change something."""

from typing import Any, cast

from django import forms
from django.db.models import BigIntegerField, IntegerField
from django.forms import BoundField
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

# A browser's number field drops the comma of `12,50`.
PLAIN_NUMBERS: dict[Any, Any] = {
    kind: {"widget": forms.TextInput(attrs={"inputmode": "numeric"})}
    for kind in (BigIntegerField, IntegerField)
}


class StaffForm(forms.ModelForm[Any]):
    """Applies only what its author changed, and keeps what others have changed since.

    The page includes the values it showed (`show_hidden_initial`). A field that is submitted as it
    was shown counts as unchanged. If somebody else has changed the same field, the form is refused
    once.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {name: self[name].html_initial_name for name in self.fields}
        if self.is_bound:
            if not any(name in self.data for name in names.values()):
                return  # not from our page: compare with the current values
            self.data = data = cast(QueryDict, self.data).copy()
            for name in names.values():  # an empty choice has no hidden field
                data.setlistdefault(name)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance.pk:
            return cleaned
        for name in self.changed_data:
            if self._was_changed_meanwhile(self[name]):
                self._refuse_once(self[name])
        return {name: value for name, value in cleaned.items() if name in self.changed_data}

    def _was_changed_meanwhile(self, bound: BoundField) -> bool:
        """Whether the row now has neither the value that the page showed nor the submitted one."""
        field = bound.field
        if not field.show_hidden_initial:
            return False
        return field.has_changed(bound.initial, self._shown(bound)) and field.has_changed(
            bound.initial, bound.data
        )

    def _shown(self, bound: BoundField) -> Any:
        widget = bound.field.hidden_widget()
        return widget.value_from_datadict(self.data, self.files, bound.html_initial_name)

    def _refuse_once(self, bound: BoundField) -> None:
        now = bound.field.prepare_value(bound.initial)
        keys = now if isinstance(now, list) else ["" if now is None else now]
        cast(QueryDict, self.data).setlist(bound.html_initial_name, [str(key) for key in keys])
        self.add_error(
            bound.name,
            forms.ValidationError(
                _(
                    "Somebody has changed this to “%(value)s” since you opened the page. "
                    "Save again to keep yours."
                ),
                params={"value": Truncator(self._in_words(bound)).chars(200)},
                code="changed_meanwhile",
            ),
        )

    def _in_words(self, bound: BoundField) -> str:
        """Describe the row's current value."""
        field: Any = self.instance._meta.get_field(bound.name)
        if field.many_to_many:
            return ", ".join(str(row) for row in bound.initial or ())
        if field.choices:
            return str(dict(field.flatchoices).get(bound.initial, bound.initial))
        return str(getattr(self.instance, bound.name))
