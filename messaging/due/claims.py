"""Claim rows, so that only one of several processes does the work."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def claimed(rows: QuerySet[Row, Any], limit: int) -> list[Row]:
    """Lock rows that no other process has locked, until the transaction ends.

    PostgreSQL skips locked rows. On SQLite a transaction locks the whole database, so there are no
    locked rows to skip. Do the rows' work, and delete or mark them, in the same transaction: if the
    process is killed in between, nothing has changed, and the next process does the work.

    Call this first in the transaction (docs/decisions/0013-lock-order.md).
    """
    return list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])
