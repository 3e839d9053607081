"""How long exports are kept: until their link dies."""

from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from messaging.files.actions import delete_stored
from messaging.models import EXPORT_KIND, Export
from notifications import actions as notifications
from trato.retention import Rule, ago


def _expired() -> QuerySet[Export]:
    """Exports whose link has died, and those that nobody prepares."""
    never_ready = Q(expires_at=None, created_at__lt=ago(hours=2 * settings.EXPORT_HOURS))
    return Export.objects.filter(Q(expires_at__lte=timezone.now()) | never_ready)


def _delete_stored(keys: Sequence[int]) -> None:
    for row in _expired().select_for_update(of=("self",)).filter(pk__in=keys):
        transaction.on_commit(partial(delete_stored, [row.stored_name]))
    notifications.forget(EXPORT_KIND, keys)


RULES = [Rule("exports whose link has died", _expired, _delete_stored)]
