"""The forms in which people, and visitors without an account, say why they report something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.models import Report
from trato.fields import MultilineField
from trato.text import validate_name

from .actions import REPORT_WORDS_MAX


class ReportForm(forms.Form):
    """The reason for reporting an item of some kind."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    words = MultilineField(
        label=_("What happened? (optional)"),
        max_length=REPORT_WORDS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        if isinstance(reason, forms.ChoiceField):
            reason.choices = Report.reasons_of(kind)


class VisitorReportForm(ReportForm):
    """The same for a visitor, with what article 16(2) of the Digital Services Act requires."""

    words = MultilineField(
        label=_("What is wrong, and why is it against the law or our rules?"),
        max_length=REPORT_WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        required=False,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        help_text=_(
            "We only use it to confirm your report and to tell you what we decide. You can leave "
            "both empty if the report is about something that endangers children."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say here is correct and complete."),
        error_messages={"required": _("Tick the box to send the report.")},
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("reason") != Report.Reason.CHILD_SAFETY:
            texts = {"name": _("Enter your name."), "email": _("Enter your email.")}
            for field, text in texts.items():
                if not given.get(field) and field not in self.errors:
                    self.add_error(field, text)
        return given
