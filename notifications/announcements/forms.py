"""The forms for a draft and for sending it."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trato.admin.forms import StaffForm
from trato.admin.reasons import ReasonForm
from trato.fields import MultilineField
from trato.text import has_control_characters

from .models import TEXT_MAX, TITLE_MAX, Text


def name_of(language: str, part: str) -> str:
    """Return the name of the form's field for a part of a text: `title_es`."""
    return f"{part}_{language.replace('-', '_')}"


TEXT_FIELDS = [name_of(code, part) for code, _name in settings.LANGUAGES for part in Text._fields]


class _DraftForm(StaffForm):
    """A draft. Until it is sent, a language may be missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        if row is not None:
            texts = {
                name_of(code, part): value
                for code, _name in settings.LANGUAGES
                for part, value in row.text_in(code)._asdict().items()
            }
            kwargs["initial"] = texts | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_link(self) -> str:
        """Accept only pages of this site."""
        link: str = self.cleaned_data["link"]
        path = link.partition("#")[0].partition("?")[0]
        if link and not (path.startswith("/") and _is_own_page(link, path)):
            raise ValidationError(
                _("Enter the address of a page of this site without the host, such as /products/.")
            )
        return link

    def clean(self) -> dict[str, Any]:
        for name in TEXT_FIELDS:
            value = self.cleaned_data.get(name, "")
            if has_control_characters(value, allowed="\n\t"):
                self.add_error(name, _("The text contains characters that can't be shown."))
        cleaned = super().clean()
        changed = {name: cleaned[name] for name in TEXT_FIELDS if name in cleaned}
        self.instance.texts = {
            code: {
                part: changed.get(name_of(code, part), value)
                for part, value in self.instance.text_in(code)._asdict().items()
            }
            for code, _name in settings.LANGUAGES
        }
        return cleaned

    def _in_words(self, bound: forms.BoundField) -> str:
        return str(bound.initial) if bound.name in TEXT_FIELDS else super()._in_words(bound)


def _is_own_page(link: str, path: str) -> bool:
    if has_control_characters(link) or not url_has_allowed_host_and_scheme(link, None):
        return False
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _fields() -> dict[str, forms.Field]:
    """Return a title and a text in each language of the site."""
    fields: dict[str, forms.Field] = {}
    for code, language in settings.LANGUAGES:
        attrs = {"lang": code, "dir": "auto"}
        fields[name_of(code, "title")] = forms.CharField(
            label=format_lazy("{} ({})", gettext_lazy("Title"), language),
            max_length=TITLE_MAX,
            required=False,
            widget=forms.TextInput(attrs={**attrs, "class": "vTextField"}),
        )
        fields[name_of(code, "text")] = MultilineField(
            label=format_lazy("{} ({})", gettext_lazy("Text"), language),
            max_length=TEXT_MAX,
            required=False,
            widget=forms.Textarea(attrs={**attrs, "rows": 8, "class": "vLargeTextField"}),
        )
    return fields


# The fields depend on the setting `LANGUAGES`.
AnnouncementForm: type[StaffForm] = type("AnnouncementForm", (_DraftForm,), _fields())


class SendForm(ReasonForm):
    """The reason for sending, and the version of the draft that the sender has seen."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=16)
