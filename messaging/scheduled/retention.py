"""Retention of scheduled messages that were sent or cancelled, or that failed."""

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import ScheduledMessage
from trato.retention import Rule, ago

State = ScheduledMessage.State


def _done() -> QuerySet[ScheduledMessage]:
    until = ago(days=settings.SCHEDULED_DONE_KEEP_DAYS)
    done = (State.SENT, State.CANCELLED)
    return ScheduledMessage.objects.filter(state__in=done, changed_at__lt=until)


def _failed() -> QuerySet[ScheduledMessage]:
    until = ago(days=settings.SCHEDULED_FAILED_KEEP_DAYS)
    return ScheduledMessage.objects.filter(state=State.FAILED, changed_at__lt=until)


RULES = [
    Rule("scheduled messages that were sent or cancelled", _done),
    Rule("scheduled messages that could not be sent", _failed),
]
