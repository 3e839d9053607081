"""Retention of the rules' figures."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from messaging.models import Objection, RuleDay
from trato.retention import Rule, ago


def _old_days() -> QuerySet[RuleDay]:
    last = timezone.now().date() - timedelta(days=settings.SHIELD_HITS_KEEP_DAYS)
    return RuleDay.objects.filter(day__lt=last)


def _old_objections() -> QuerySet[Objection]:
    return Objection.objects.filter(created_at__lt=ago(days=settings.OBJECTIONS_KEEP_DAYS))


RULES = [
    Rule("counted hits of shield rules", _old_days),
    Rule("objections to shield rules", _old_objections),
]
