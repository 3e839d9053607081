"""The form with which staff recall a scam."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.decisions.forms import ReasonsForm, days


def _mutes() -> list[tuple[str, str]]:
    return days(_("Don't mute them"))


class RecallForm(ReasonsForm):
    """The reasons, which all senders read, and how long the senders are muted."""

    field_order = ("days", "ground", "clause", "explanation", "reason")
    days = forms.ChoiceField(label=gettext_lazy("Mute all senders"), choices=_mutes, required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        chosen = values.pop("days", "")
        values["mute_until"] = timezone.now() + timedelta(days=int(chosen)) if chosen else None
        return values
