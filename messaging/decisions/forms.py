"""The form with which staff decide."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from messaging.models import Decision
from trato.admin.reasons import REASON_MAX, ReasonForm
from trato.fields import MultilineField

from .ruling import ENDING, TIMED, Measure

DAYS = (1, 3, 7, 14, 30, 90, 180, 365)


def days(none: str) -> list[tuple[str, str]]:
    """Return the choices of a duration; the first one means none."""
    texts = [(str(n), ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in DAYS]
    return [("", none), *texts]


def _days() -> list[tuple[str, str]]:
    return days(_("For good, or no time"))


class ReasonsForm(ReasonForm):
    """The reasons for a decision, which the person reads."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"),
        choices=Decision.Ground,
        initial=Decision.Ground.TERMS,
    )
    clause = forms.CharField(
        label=gettext_lazy("Rule or law"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    explanation = MultilineField(
        label=gettext_lazy("Why it applies"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=REASON_MAX,
    )
    reason = MultilineField(
        label=gettext_lazy("Facts and circumstances"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        max_length=REASON_MAX,
    )


class DecisionForm(ReasonsForm):
    """A staff decision and its reasons.

    Args:
        measures: the measures that are possible here.
    """

    field_order = ("measure", "days", "ground", "clause", "explanation", "reason")
    measure = forms.ChoiceField(label=gettext_lazy("Measure"))
    days = forms.ChoiceField(
        label=gettext_lazy("For how long"),
        choices=_days,
        required=False,
        help_text=gettext_lazy("Only for a mute, a limit or a suspension."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, measures: list[Decision.Measure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("ground", "clause", "explanation"):
            self.fields[name].required = False  # a decision without a measure has none
        field: Any = self.fields["measure"]
        field.choices = [(one.value, one.label) for one in measures]
        if Measure.LIMIT in measures:
            field.help_text = _(
                "A limit lets the person ask only a few shops a day. A shop can answer as before."
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        measure, days = values.get("measure"), values.get("days")
        if measure in ENDING and not days:
            self.add_error("days", _("Choose until when."))
        if measure not in TIMED and days:
            self.add_error("days", _("This measure has no end."))
        if measure != Measure.DISMISS:
            for name in ("ground", "clause", "explanation"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter a reason."))
        values["ends_at"] = timezone.now() + timedelta(days=int(days)) if days else None
        return values
