"""Retention of announcements."""

from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from trato.retention import Rule, ago

from .models import Announcement, ReadAnnouncement


def _old() -> QuerySet[Announcement]:
    """Announcements that expired or were withdrawn long ago. Drafts stay."""
    until = ago(days=settings.ANNOUNCEMENTS_KEEP_DAYS)
    return Announcement.objects.filter(Q(expires_at__lt=until) | Q(withdrawn_at__lt=until))


def _marks() -> QuerySet[Any]:
    return ReadAnnouncement.objects.filter(announcement__in=_old())


# Every reader of an announcement has a separate row, to be deleted first, in batches.
RULES = [
    Rule("marks on old announcements", _marks),
    Rule("old announcements", _old),
]
