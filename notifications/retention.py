"""Retention of notifications."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from trato.retention import Rule

from .announcements.retention import RULES as ANNOUNCEMENTS
from .locks import lock, lock_news
from .models import News, Notification


def _read() -> QuerySet[Notification]:
    until = timezone.now() - timedelta(days=settings.READ_NOTIFICATIONS_KEEP_DAYS)
    return Notification.objects.filter(read_at__lt=until, news__happened_at__lt=until)


def _unread() -> QuerySet[Notification]:
    """Old notifications that nobody has read. The heartbeat corrects open pages' badges."""
    until = timezone.now() - timedelta(days=settings.UNREAD_NOTIFICATIONS_KEEP_DAYS)
    return Notification.objects.filter(read_at__isnull=True, news__happened_at__lt=until)


def _orphaned() -> QuerySet[News]:
    """News without notifications."""
    until = timezone.now() - timedelta(days=settings.READ_NOTIFICATIONS_KEEP_DAYS)
    return News.objects.filter(notifications=None, happened_at__lt=until)


RULES = [
    Rule("notifications that were read", _read, before=lock),
    Rule("notifications nobody read", _unread, before=lock),
    Rule("news without notifications", _orphaned, before=lock_news),
    *ANNOUNCEMENTS,
]
