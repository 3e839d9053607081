"""Retention of the staff looks that both sides can see. The audit trail keeps its own record."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from messaging.models import Look
from trato.retention import Rows, Rule, ago


def _old() -> Rows:
    """Return looks that both sides have been able to see for long enough, see `Look.shown`."""
    until = ago(days=settings.LOOKS_KEEP_DAYS)
    was_told = Q(case__quiet_until=None) | Q(case__quiet_until__lt=until)
    was_shown = Q(case=None) | (Q(case__closed_at__lt=until) & was_told)
    waited = timedelta(hours=settings.LOOKS_SHOWN_AFTER_HOURS)
    return Look.objects.filter(was_shown, created_at__lt=until - waited)


RULES = [Rule("looks of staff into conversations", _old)]
