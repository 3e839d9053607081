"""Forms for staff."""

from typing import Any

from django.forms import BooleanField, ChoiceField
from django.utils.translation import gettext_lazy as _

from messaging.models import Report
from trato.admin.reasons import ReasonForm


class UpholdForm(ReasonForm):
    """What staff do about a report that they find justified.

    Args:
        may_remove, may_suspend: whether the person may do that, and it is not done yet.
    """

    remove = BooleanField(
        label=_("Remove the message"),
        required=False,
        help_text=_("Both sides then read that staff have removed it."),
    )
    rule = ChoiceField(
        label=_("Reason for the sender"),
        choices=Report.Reason,
        required=False,
        help_text=_("The sender of a removed message reads only this."),
    )
    suspend = BooleanField(
        label=_("Suspend the sender"),
        required=False,
        help_text=_("They can't log in, read or write until somebody restores the account."),
    )

    def __init__(self, *args: Any, may_remove: bool, may_suspend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_remove:
            del self.fields["remove"], self.fields["rule"]
        if not may_suspend:
            del self.fields["suspend"]


class RemovalForm(ReasonForm):
    """Why staff remove a message: for its sender and, in more words, for the audit trail."""

    rule = ChoiceField(
        label=_("Reason for the sender"),
        choices=Report.Reason,
        help_text=_("The sender reads only this, not your reason, and not who reported it."),
    )
