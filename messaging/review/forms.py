"""Forms for staff."""

from django.forms import ChoiceField
from django.utils.translation import gettext_lazy as _

from messaging.models import Report
from trato.admin.reasons import ReasonForm


class RejectionForm(ReasonForm):
    """Why a message is not delivered: for its sender and, in more words, for the audit trail."""

    rule = ChoiceField(
        label=_("Reason for the sender"),
        choices=Report.reasons_of(Report.Kind.MESSAGE),
        help_text=_("The sender reads only this, not your reason."),
    )
