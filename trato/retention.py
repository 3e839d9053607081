"""Retention of data. `manage.py purge_expired` deletes data past its retention period.

Each app defines `Rule`s for its own data; the setting `RETENTION_RULES` lists them in the order in
which they are applied.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils import timezone

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Rule:
    """Rows of one kind that expire.

    Args:
        name: what to call the rows in the command's output.
        expired: returns the rows to delete now.
        before: called at the start of each transaction, with the primary keys to be deleted.
    """

    name: str
    expired: Callable[[], Rows]
    before: Callable[[Sequence[Any]], object] = lambda keys: None


def ago(**span: float) -> datetime:
    """Return a time in the past: `ago(days=7)`."""
    return timezone.now() - timedelta(**span)


def purge(rule: Rule, batch_rows: int) -> Iterator[tuple[int, int]]:
    """Delete the expired rows of a rule, one transaction per batch.

    Args:
        batch_rows: the maximum number of rows per transaction.

    Yields:
        After each batch, how many rows it deleted, not counting dependent rows, and how many it
        kept because other rows still refer to them.
    """
    last = None
    while True:
        rows = rule.expired().order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        keys = list(rows.values_list("pk", flat=True)[:batch_rows])
        if not keys:
            return
        last = keys[-1]
        yield _delete(rule, keys)


def _delete(rule: Rule, keys: Sequence[Any]) -> tuple[int, int]:
    try:
        with transaction.atomic():
            rule.before(keys)
            # Check again under the lock: the rows may have been used meanwhile.
            due = rule.expired().filter(pk__in=keys)
            _all, by_model = due.delete()
            return by_model.get(due.model._meta.label, 0), 0
    except (ProtectedError, RestrictedError):
        if len(keys) == 1:
            return 0, 1
        parts = [_delete(rule, [key]) for key in keys]
        return sum(deleted for deleted, _ in parts), sum(kept for _, kept in parts)
