"""The form for a saved reply. `actions` decides; the form only reads what was typed."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from messaging.models import SavedReply
from trato.text import folded


class SavedReplyForm(forms.ModelForm[SavedReply]):
    """Name, shortcut and text of a reply."""

    short = forms.CharField(
        label=_("Shortcut"),
        max_length=60,
        help_text=_("Type a slash and this in a message, then Tab: for example /open-hours."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = SavedReply
        fields = ("name", "short", "body")
        widgets: ClassVar = {"body": forms.Textarea(attrs={"rows": 8, "dir": "auto"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["data-limit"] = settings.SAVED_REPLY_MAX_CHARACTERS
        self.initial.setdefault("revision", self.instance.revision)

    def clean_short(self) -> str:
        """Accept `/Envío rápido` as `envio-rapido`."""
        typed: str = self.cleaned_data["short"]
        return slugify(folded(typed.strip().removeprefix("/"))) or typed

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0

    @property
    def values(self) -> dict[str, str]:
        """The typed values, for `actions`."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}
