"""Retention of files that were uploaded for a reply that was never saved."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import SavedReplyFile
from trato.retention import Rule, ago
from trato.stored_files.actions import PRIVATE, delete_on_commit


def _unsaved() -> QuerySet[SavedReplyFile]:
    until = ago(hours=settings.UNSENT_FILES_KEEP_HOURS)
    return SavedReplyFile.objects.filter(reply=None, created_at__lt=until)


def _delete_stored(keys: Sequence[int]) -> None:
    """On commit, delete the stored files of rows that are about to be deleted."""
    rows = _unsaved().select_for_update(of=("self",)).filter(pk__in=keys)
    delete_on_commit([name for row in rows for name in row.stored_names()], PRIVATE)


RULES = [Rule("files of saved replies that were never saved", _unsaved, _delete_stored)]
