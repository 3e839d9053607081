"""The form in which staff write to both sides of a conversation."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from messaging.body import clean_body
from trato.admin.reasons import ReasonForm
from trato.errors import Refused
from trato.fields import MultilineField


class WriteForm(ReasonForm):
    """A message to both sides, and why. Its `client_id` keeps a second click from writing again."""

    field_order = ("body", "reason")
    body = MultilineField(
        label=_("Message to both sides"),
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField", "dir": "auto"}),
        max_length=settings.MESSAGE_MAX_CHARACTERS,
        help_text=_("The shopper and everybody in the shop can read it, but not who wrote it."),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Only for the record. Neither side reads it.")

    def clean_body(self) -> str:
        """Return the text as it will be stored."""
        try:
            return clean_body(self.cleaned_data["body"])
        except Refused as refusal:
            raise ValidationError(str(refusal.detail), code=refusal.code) from refusal
