"""Retention of exports: until their link expires."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from messaging.models import EXPORT_KIND, Export
from notifications import actions as notifications
from trato.retention import Rule, ago
from trato.stored_files.actions import PRIVATE, delete_on_commit


def _expired() -> QuerySet[Export]:
    """Return exports whose link has expired, and exports that were never finished."""
    never_ready = Q(expires_at=None, created_at__lt=ago(hours=2 * settings.EXPORT_HOURS))
    return Export.objects.filter(Q(expires_at__lte=timezone.now()) | never_ready)


def _delete_stored(keys: Sequence[int]) -> None:
    rows = _expired().select_for_update(of=("self",)).filter(pk__in=keys)
    delete_on_commit([row.stored_name for row in rows], PRIVATE)
    notifications.forget(EXPORT_KIND, keys)


RULES = [Rule("exports whose link has died", _expired, _delete_stored)]
