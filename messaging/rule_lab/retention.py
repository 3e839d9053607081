"""Retention of dry runs."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import DryRun
from trato.retention import Rule, ago


def _old() -> QuerySet[DryRun]:
    return DryRun.objects.filter(created_at__lt=ago(days=settings.RULE_LAB_KEEP_DAYS))


RULES = [Rule("dry runs of shield rules", _old)]
