"""Retention of `LastActive`: nobody needs to know the next day when somebody was there."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import LastActive
from trato.retention import Rule, ago


def _old() -> QuerySet[LastActive]:
    return LastActive.objects.filter(active_at__lt=ago(days=settings.LAST_ACTIVE_KEEP_DAYS))


RULES = [Rule("when members of shops were last there", _old)]
