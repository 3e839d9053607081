"""Forms for staff."""

from django.forms import ChoiceField
from django.utils.translation import gettext_lazy as _

from messaging.models import Report
from trato.admin.reasons import ReasonForm


class RemovalForm(ReasonForm):
    """Why staff remove a message: for its sender and, in more words, for the audit trail."""

    rule = ChoiceField(
        label=_("Reason for the sender"),
        choices=Report.Reason,
        help_text=_("The sender reads only this, not your reason, and not who reported it."),
    )
