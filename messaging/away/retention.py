"""Retention of the records of automatic replies."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import AwayAnswer
from trato.retention import Rule, ago


def _old_answers() -> QuerySet[AwayAnswer]:
    until = ago(days=settings.AWAY_ANSWERS_KEEP_DAYS)
    return AwayAnswer.objects.filter(day__lt=until.date())


RULES = [Rule("days of automatic answers", _old_answers)]
