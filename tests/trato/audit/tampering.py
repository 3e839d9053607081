"""Tampering by somebody with the database's password, but without the trail's keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from tests import audit_triggers
from trato.audit.anchors import Anchor
from trato.audit.models import AuditEntry
from trato.audit.verification import Finding, Verification

CONTENT = (
    "actor_id", "verb", "subject", "reason", "created_at", "encoding", "key", "salt", "commitment",
    "seal",
)  # fmt: skip
# The columns that two rows may exchange.
SWAPS = {
    "content": CONTENT,
    "content and link": (*CONTENT, "chain"),
    "place": ("position", "chain"),
    "position": ("position",),
    "what and why": ("verb", "subject", "reason", "salt", "commitment", "seal"),
}


def findings(*anchors: Anchor) -> list[Finding]:
    return list(Verification(anchors).findings())


@contextmanager
def undone() -> Iterator[None]:
    """Roll everything back at the end, triggers included."""
    with transaction.atomic():
        audit_triggers.drop("audit_append_only", audit_triggers.FOR_ALL_ROWS)
        yield
        transaction.set_rollback(True)


def values_of(entry_id: int, columns: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = AuditEntry.objects.values(*columns).get(pk=entry_id)
    return values


def change(entry_id: int, **values: Any) -> None:
    AuditEntry._base_manager.filter(pk=entry_id).update(**values)


def delete(*entry_ids: int) -> None:
    with connection.cursor() as cursor:
        for entry_id in entry_ids:
            cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [entry_id])


def insert(**values: Any) -> int:
    """Insert a row as it is, without sealing it."""
    entry = AuditEntry(**values)
    entry.save_base(force_insert=True)
    return entry.pk


def swap(one: int, other: int, columns: tuple[str, ...]) -> None:
    """Exchange some columns of two rows."""
    first, second = values_of(one, columns), values_of(other, columns)
    unique = {
        name: value
        for name, value in {"seal": b"free", "position": 10**9}.items()
        if name in columns
    }
    change(one, **unique)
    change(other, **first)
    change(one, **second)
