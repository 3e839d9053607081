"""Forms of the desk."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.forms import DateField, DateInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.admin.reasons import ReasonForm


class QuietForm(ReasonForm):
    """The day until which both sides aren't shown that staff looked for a case."""

    until = DateField(
        label=_("Not before"),
        widget=DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Both sides see on that day that staff looked, unless the case is still open."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["until"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=settings.LOOKS_QUIET_DAYS_MAX)).isoformat(),
        }

    def clean_until(self) -> datetime:
        """Return the beginning of the day, in the author's time zone."""
        day: date = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time.min))
