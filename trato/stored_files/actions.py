"""Delete stored files."""

from collections.abc import Iterable, Sequence

import structlog
from django.core.files.storage import storages
from django.db import transaction

from .models import FileDeletion

log = structlog.get_logger("trato.stored_files")

DEFAULT = "default"
PRIVATE = "private"


def delete_on_commit(names: Iterable[str], storage: str = DEFAULT) -> None:
    """Delete files once the current transaction is committed; keep them if it isn't.

    If the process dies right after the commit, or the storage is down, `manage.py purge_expired`
    deletes them later.

    Args:
        names: their names in the storage; empty ones are left out.
        storage: a key of the setting `STORAGES`.
    """
    rows = FileDeletion.objects.bulk_create(
        FileDeletion(storage=storage, name=name) for name in names if name
    )
    if rows:
        transaction.on_commit(lambda: _finish(rows), robust=True)


def _finish(rows: Sequence[FileDeletion]) -> None:
    gone = [row.pk for row in rows if delete(row)]
    FileDeletion.objects.filter(pk__in=gone).delete()


def delete(row: FileDeletion) -> bool:
    """Delete a file from its storage; log it and return False if that is impossible now."""
    try:
        storages[row.storage].delete(row.name)
    except OSError as error:
        log.error("file_not_deleted", name=row.name, error=type(error).__name__)
        return False
    return True
