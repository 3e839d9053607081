"""Forms for how a shop's team works together."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from messaging.models import AlertChoice, TeamRules


class RulesForm(forms.Form):
    """The rules that a shop's owners set for everybody."""

    replying_takes = forms.BooleanField(
        label=gettext_lazy("The first person to reply takes the conversation"),
        help_text=gettext_lazy(
            "A reply in a conversation that nobody takes care of assigns it to its author. "
            "Automatic replies don't."
        ),
        required=False,
    )

    def __init__(self, data: Any = None, *, row: TeamRules) -> None:
        super().__init__(data, initial={"replying_takes": row.replying_takes})


class AlertsForm(forms.Form):
    """The alerts that a member of a shop chooses."""

    level = forms.ChoiceField(
        label=gettext_lazy("Which messages of shoppers alert you"),
        choices=AlertChoice.Level,
        widget=forms.RadioSelect,
    )
