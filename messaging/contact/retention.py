"""Retention of visitors' questions that await a login."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import KeptQuestion
from trato.retention import Rule, ago


def _kept_questions() -> QuerySet[KeptQuestion]:
    until = ago(seconds=settings.SESSION_COOKIE_AGE)
    return KeptQuestion.objects.filter(created_at__lt=until)


RULES = [Rule("questions of visitors whose session is over", _kept_questions)]
