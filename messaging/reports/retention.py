"""Retention of visitors' reports, which contain a name and an address."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import Report
from trato.retention import Rule, ago


def _of_visitors() -> QuerySet[Report]:
    return Report.objects.filter(
        reporter=None, resolved_at__lt=ago(days=settings.VISITOR_REPORTS_KEEP_DAYS)
    )


RULES = [Rule("decided reports of visitors without an account", _of_visitors)]
