"""Retention of waits: a little longer than the page can show."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import Settlement, Wait
from trato.retention import Rule, ago


def _waits() -> QuerySet[Wait]:
    return Wait.objects.filter(asked_at__lt=ago(days=settings.FIGURES_KEEP_DAYS))


def _settlements() -> QuerySet[Settlement]:
    return Settlement.objects.filter(created_at__lt=ago(days=settings.FIGURES_KEEP_DAYS))


RULES = [
    Rule("waits of shoppers, for the figures of shops", _waits),
    Rule("settled questions, for the figures of shops", _settlements),
]
