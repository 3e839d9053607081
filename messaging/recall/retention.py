"""Retention of messages' traces."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import MessageTrace
from trato.retention import Rule, ago


def _old() -> QuerySet[MessageTrace]:
    return MessageTrace.objects.filter(created_at__lt=ago(days=settings.RECALL_DAYS))


RULES = [Rule("traces of messages", _old)]
