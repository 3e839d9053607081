"""Link entries into a chain that binds each entry to the one before it.

An action may keep its transaction open for a long time, so its entry is linked after the commit.
Linking uses a separate transaction under one lock, so no two entries follow the same entry. If a
process dies in between, the process that writes the next entry links both.
"""

from django.db import connection, transaction

from . import sealing
from .models import AuditEntry

LOCK_KEY = 0x61756469740001  # "audit", among the advisory locks of the database
BATCH_ROWS = 500  # in one transaction


def link_later(entry: AuditEntry) -> None:
    """Link an entry after its commit. A failure is only logged: the next entry links both."""
    transaction.on_commit(lambda: _link(entry.pk), robust=True)


def _link(entry_id: int) -> None:
    # After a bulk action, the first entry's call has linked the others too.
    if AuditEntry.objects.filter(pk=entry_id, position=None).exists():
        link_waiting()


def link_waiting() -> int:
    """Link all committed entries that wait, unless their keys are unknown; return how many."""
    linked = rows = _link_some()
    while rows == BATCH_ROWS:  # a smaller batch is the last one
        rows = _link_some()
        linked += rows
    return linked


@transaction.atomic
def _link_some() -> int:
    if connection.vendor == "postgresql":  # SQLite has one writer anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
    # Statements after the lock see what its last holder committed.
    keys = sealing.keys()
    waiting = AuditEntry.objects.filter(position=None, key__in=keys).order_by("pk")
    rows = list(waiting.values_list("pk", "key", "seal")[:BATCH_ROWS])
    linked = AuditEntry.objects.exclude(position=None).order_by("-position")
    last = linked.first() if rows else None
    position = (last and last.position) or 0
    chain = bytes((last and last.chain) or sealing.START)
    for pk, key, seal in rows:
        position += 1
        chain = sealing.chain(keys[key], chain, position, pk, bytes(seal))
        AuditEntry._base_manager.filter(pk=pk).update(position=position, chain=chain)
    return len(rows)
