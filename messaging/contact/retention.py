"""How long visitors' questions wait for a login."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from messaging.models import KeptQuestion
from trato.retention import Rule


def _kept_questions() -> QuerySet[KeptQuestion]:
    until = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return KeptQuestion.objects.filter(created_at__lt=until)


RULES = [Rule("questions of visitors whose session is over", _kept_questions)]
