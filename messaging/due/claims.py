"""Claim rows, so that of several processes one does the work."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def claimed(rows: QuerySet[Row, Any], limit: int) -> list[Row]:
    """Lock some rows, except those that another process has, until the transaction ends.

    PostgreSQL skips locked rows. On SQLite a transaction has the whole database, so nobody else
    has any. Do what the rows ask for, and delete or mark them, in the same transaction: if the
    process is killed in between, all is as before and the next process does it.

    Call this first in the transaction (docs/decisions/0013-lock-order.md).
    """
    return list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])
