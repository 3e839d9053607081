"""The form for a scheduled message."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.body import clean_body
from trato.errors import Refused
from trato.fields import MultilineField
from trato.local_times import parse_local

LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


class LocalTimeField(forms.CharField):
    """A day and time in the reader's time zone, as `<input type="datetime-local">` sends it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_FORMAT)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return parse_local(text) if text else text
        except Refused as refusal:
            raise ValidationError(str(refusal.detail)) from refusal

    def prepare_value(self, value: Any) -> Any:
        # The widget can't show a time's offset. A text that isn't a time stays as it was typed.
        with suppress(ValueError, OverflowError):
            time = datetime.fromisoformat(value) if isinstance(value, str) else value
            return timezone.localtime(time) if isinstance(time, datetime) and time.tzinfo else value
        return value


class ScheduleForm(forms.Form):
    """A message, its time, and whether to send it even if the shopper writes first."""

    body = MultilineField(
        label=_("Your message"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "class": "input"}),
    )
    send_at = LocalTimeField(label=_("Send at"))
    only_if_quiet = forms.BooleanField(
        label=_("Don't send it if the shopper writes first"), required=False, initial=True
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    seen = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    quote = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1
    )

    def __init__(self, *args: Any, has_files: bool = False, **kwargs: Any) -> None:
        """Make a form. If it has files, it needs no text."""
        super().__init__(*args, **kwargs)
        self.has_files = has_files
        zone = timezone.get_current_timezone_name()
        self.fields["send_at"].help_text = _("In your time zone, %(zone)s.") % {"zone": zone}
        self.fields["body"].widget.attrs["data-limit"] = settings.MESSAGE_MAX_CHARACTERS

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if self.has_files and not body.strip():
            return ""
        try:
            return clean_body(body)
        except Refused as refusal:
            raise ValidationError(str(refusal.detail)) from refusal
