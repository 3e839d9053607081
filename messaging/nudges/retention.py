"""Retention of reminders: they matter until they are answered, or can be repeated."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import Nudge
from trato.retention import Rule, ago


def _old() -> QuerySet[Nudge]:
    return Nudge.objects.filter(sent_at__lt=ago(days=settings.NUDGES_KEEP_DAYS))


RULES = [Rule("reminders", _old)]
