"""Delete files left behind by processes that had deleted their rows."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from trato.retention import Rule, ago

from . import actions
from .models import FileDeletion

WAIT_MINUTES = 10  # until then, the process that deleted the rows may still delete the files


def _interrupted() -> QuerySet[FileDeletion]:
    return FileDeletion.objects.filter(due_at__lt=ago(minutes=WAIT_MINUTES))


def _delete_files(keys: Sequence[int]) -> None:
    """Delete the files; if a file still exists, its row is due again later."""
    rows = _interrupted().select_for_update().filter(pk__in=keys).order_by("pk")
    kept = [row.pk for row in rows if not actions.delete(row)]
    FileDeletion.objects.filter(pk__in=kept).update(due_at=timezone.now() + timedelta(hours=1))


RULES = [Rule("files whose deletion was interrupted", _interrupted, _delete_files)]
