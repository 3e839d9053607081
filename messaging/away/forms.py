"""The forms for a shop's automatic replies."""

from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.models import AwayWords
from trato.errors import Refused
from trato.fields import MultilineField
from trato.local_times import parse_local
from trato.merging_forms import MergingForm


class LocalTimeField(forms.CharField):
    """A time in the shop's time zone."""

    zone: tzinfo

    def clean(self, value: Any) -> Any:
        try:
            return parse_local(super().clean(value), self.zone)
        except Refused as refusal:
            raise ValidationError(str(refusal.detail)) from refusal


class _WordsField(MultilineField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("What your shop answers"),
            max_length=settings.MESSAGE_MAX_CHARACTERS,
            widget=forms.Textarea({"rows": 4, "dir": "auto"}),
            **kwargs,
        )


class WordsForm(MergingForm):
    """Whether the shop replies outside its opening hours, and with what."""

    is_on = forms.BooleanField(
        label=gettext_lazy("Answer automatically outside opening hours"), required=False
    )
    words = _WordsField()

    def __init__(self, data: Any = None, *, row: AwayWords) -> None:
        words = row.words or _(
            "Thanks for your message! We're closed at the moment. We'll answer as soon as we're "
            "open again."
        )
        super().__init__(data, initial={"is_on": row.is_on, "words": words})
        self.show_initial()


class AwayForm(MergingForm):
    """Until when the shop is away, and what it replies."""

    until = LocalTimeField(
        label=gettext_lazy("Away until"),
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    until_words = _WordsField()

    def __init__(self, data: Any = None, *, row: AwayWords, zone: tzinfo, now: datetime) -> None:
        until = ""
        if row.until and row.until > now:
            until = row.until.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        words = row.until_words or _(
            "Thanks for your message! We're away for a few days and will answer when we're back."
        )
        super().__init__(data, initial={"until": until, "until_words": words})
        field = self.fields["until"]
        if isinstance(field, LocalTimeField):
            field.zone = zone
        self.show_initial()
