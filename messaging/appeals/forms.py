"""The forms for appeals: one for the person, one for the staff who decide."""

from typing import Any, ClassVar

from django.forms import ChoiceField, ModelForm, Textarea
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.models import Appeal
from trato.admin.reasons import REASON_MAX, ReasonForm
from trato.fields import MultilineField


class AppealForm(ModelForm[Appeal]):
    """The person's reasons for appealing against a decision."""

    class Meta:
        model = Appeal
        fields = ("words",)
        widgets: ClassVar = {"words": Textarea(attrs={"rows": 6, "dir": "auto"})}


class OutcomeForm(ReasonForm):
    """The outcome of an appeal, and the answer to the person."""

    outcome = ChoiceField(
        label=_("Outcome"),
        choices=[
            ("", "---------"),  # so that staff have to choose
            (Appeal.Outcome.UPHELD, _("Uphold: the decision stays")),
            (Appeal.Outcome.OVERTURNED, _("Overturn: undo all that the decision did")),
        ],
    )
    reason = MultilineField(
        label=_("Answer to the person"),
        widget=Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        max_length=REASON_MAX,
        required=False,
        help_text=_("The person reads it. Needed if the decision stays."),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        is_upheld = values.get("outcome") == Appeal.Outcome.UPHELD
        if is_upheld and not values.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Enter a reason."))
        return values
