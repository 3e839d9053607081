"""Entries as the verification reads them: plain rows, in batches."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from . import sealing
from .models import AuditEntry

BATCH_ROWS = 2000


class Row(NamedTuple):
    """An entry with the hashes that were stored for it."""

    pk: int
    position: int | None
    chain: bytes | None
    seal: bytes
    key: str
    encoding: int
    salt: bytes | None
    commitment: bytes
    actor_id: int | None
    verb: str
    subject: str
    reason: str
    created_at: datetime

    def __str__(self) -> str:
        time = self.created_at.astimezone(UTC)
        return f"entry {self.pk} ({self.verb} {self.subject}, {time:%Y-%m-%d %H:%M:%S} UTC)"

    @property
    def place(self) -> int:
        return self.position or 0

    def has_its_seal(self, key: bytes) -> bool:
        return bytes(self.seal) == sealing.seal(
            key,
            self.actor_id,
            self.verb,
            self.subject,
            self.created_at,
            bytes(self.commitment),
        )

    def has_its_words(self, key: bytes) -> bool:
        """Whether the text is what the entry committed to, or was erased."""
        if self.salt is None:
            return self.reason == ""
        committed = sealing.commitment(key, bytes(self.salt), self.reason)
        return bytes(self.commitment) == committed


def linked() -> Iterator[list[Row]]:
    """Return the entries in the order of the chain."""
    entries = AuditEntry.objects.exclude(position=None).order_by("position", "pk")
    after = -1, 0
    while True:
        values = entries.filter(position__gte=after[0]).values_list(*Row._fields)[:BATCH_ROWS]
        # An intruder may also drop the constraint that makes positions unique.
        rows = [row for row in map(Row._make, values) if (row.place, row.pk) > after]
        if not rows:
            return
        yield rows
        after = rows[-1].place, rows[-1].pk


def waiting() -> Iterator[list[Row]]:
    """Return the entries that have no place in the chain yet."""
    entries = AuditEntry.objects.filter(position=None).order_by("pk")
    last = 0
    while rows := [
        Row._make(values)
        for values in entries.filter(pk__gt=last).values_list(*Row._fields)[:BATCH_ROWS]
    ]:
        yield rows
        last = rows[-1].pk
