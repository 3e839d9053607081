"""How long the two sides see that staff looked; the audit trail keeps it."""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from messaging.models import Look
from trato.retention import Rows, Rule, ago


def _old() -> Rows:
    """Old looks, but not those that the two sides may not see yet."""
    is_told = Q(case__quiet_until=None) | Q(case__quiet_until__lte=timezone.now())
    told = Q(case=None) | (Q(case__closed_at__isnull=False) & is_told)
    return Look.objects.filter(told, created_at__lt=ago(days=settings.LOOKS_KEEP_DAYS))


RULES = [Rule("looks of staff into conversations", _old)]
