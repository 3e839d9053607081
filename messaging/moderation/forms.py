"""Forms for staff."""

from typing import Any

from django.forms import BooleanField
from django.utils.translation import gettext_lazy as _

from trato.admin.reasons import ReasonForm


class UpholdForm(ReasonForm):
    """What staff do about a report that they find justified.

    Args:
        may_hide: whether the person may take the product off sale, and it is not done yet.
    """

    hide = BooleanField(
        label=_("Take the product off sale"),
        required=False,
        help_text=_("Shoppers no longer see it, and its shop can't publish it until you allow it."),
    )

    def __init__(self, *args: Any, may_hide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_hide:
            del self.fields["hide"]
