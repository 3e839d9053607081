"""What is kept for how long. `manage.py purge_expired` deletes the rest.

Each app says what of its own expires, as `Rule`s; the setting `RETENTION_RULES` names them in the
order in which they are carried out.
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
        name: what they are, for the person who runs the command.
        expired: those that are due by now.
        before: is called in the transaction that deletes some of them (by primary key), first.
    """

    name: str
    expired: Callable[[], Rows]
    before: Callable[[Sequence[Any]], object] = lambda keys: None


def ago(**span: float) -> datetime:
    """A time in the past: `ago(days=7)`."""
    return timezone.now() - timedelta(**span)


def purge(rule: Rule, batch_rows: int) -> Iterator[tuple[int, int]]:
    """Delete what expired under a rule, one transaction per batch.

    Args:
        batch_rows: how many rows in one transaction, at most.

    Yields:
        After each batch: how many rows it deleted, without those that hung on them, and how many
        it left because something that is kept refers to them.
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
            # Asked again under the lock: somebody may have come back in the meantime.
            due = rule.expired().filter(pk__in=keys)
            _all, by_model = due.delete()
            return by_model.get(due.model._meta.label, 0), 0
    except (ProtectedError, RestrictedError):
        if len(keys) == 1:
            return 0, 1
        parts = [_delete(rule, [key]) for key in keys]
        return sum(deleted for deleted, _ in parts), sum(kept for _, kept in parts)
