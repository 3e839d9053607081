"""The form with which staff set how far a person is trusted."""

from django.forms import ChoiceField
from django.utils.translation import gettext_lazy as _

from messaging.models import PersonTrust
from trato.admin.reasons import ReasonForm


class TrustForm(ReasonForm):
    """A person's trust level, and the reason for it."""

    status = ChoiceField(
        label=_("Trust"),
        choices=[("", _("Go by the account’s age and answers")), *PersonTrust.Status.choices],
        required=False,
    )
