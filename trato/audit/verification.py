"""Verify the audit trail: find entries that were changed, added, moved or removed.

Entries are read in batches, so memory doesn't grow with the trail.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count

from . import rows, sealing
from .anchors import Anchor
from .misplaced import Misplaced
from .models import AuditEntry
from .rows import Row
from .verbs import ERASED, subject_of


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with the trail.

    Args:
        kind: `changed`, `words`, `missing`, `moved`, `swapped`, `copied`, `erased`, `key`,
            `encoding`, `anchor` or `truncated`.
        entries: the IDs of the entries concerned, if they still exist.
        text: what is wrong, for a person.
    """

    kind: str
    text: str
    entries: tuple[int, ...] = ()


@dataclass
class Verification:
    """A walk along the trail, which also counts what it reads.

    Args:
        anchors: the ends of the chain at earlier times.
    """

    anchors: Iterable[Anchor] = ()
    last: Row | None = None
    entries: int = 0
    erased: int = 0
    waiting: int = 0
    # The possible links before the next entry; empty if the entry with that link is missing.
    _previous: tuple[bytes, ...] = (sealing.START,)
    _unknown_keys: dict[str, int] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """Walk along the trail and yield what is wrong."""
        self._keys = sealing.keys()
        self._misplaced = Misplaced(self._keys)
        self._anchored: dict[int, list[Anchor]] = {}
        for anchor in self.anchors:
            self._anchored.setdefault(anchor.entries, []).append(anchor)
        for batch in rows.linked():
            for row in batch:
                yield from self._gap(row)
                if self._can_check(row):
                    intact = yield from self._content(row)
                    yield from self._place(row, intact=intact)
                else:
                    self._previous = (bytes(row.chain or b""),)
                yield from self._anchor(row)
                self.last = row
                self.entries += 1
            yield from self._erasures(batch)
        for batch in rows.waiting():
            for row in batch:
                if self._can_check(row):
                    self.waiting += 1
                    yield from self._content(row)
            yield from self._erasures(batch)
        yield from self._after_the_walk()

    def _can_check(self, row: Row) -> bool:
        known = row.key in self._keys and row.encoding == sealing.ENCODING
        if not known:
            name = row.key if row.encoding == sealing.ENCODING else f"encoding {row.encoding}"
            self._unknown_keys[name] = self._unknown_keys.get(name, 0) + 1
        return known

    def _content(self, row: Row) -> Generator[Finding, None, bool]:
        """Compare an entry with its seal; return whether they match."""
        key = self._keys[row.key]
        if not row.has_its_seal(key):
            yield Finding(
                "changed",
                f"{row} was changed, or not written by Trato: who, what, to what and when "
                "don't match its seal.",
                (row.pk,),
            )
            return False
        if not row.has_its_words(key):
            yield Finding("words", f"The words of {row} were changed.", (row.pk,))
        return True

    def _gap(self, row: Row) -> Iterator[Finding]:
        expected = self.last.place + 1 if self.last else 1
        if row.place == expected:
            return
        if row.place < expected:
            yield Finding("moved", f"{row} has the same position as another entry.", (row.pk,))
        elif row.place == expected + 1:
            yield Finding(
                "missing", f"The entry at position {expected} is missing, {self._between(row)}."
            )
        else:
            yield Finding(
                "missing",
                f"The entries at positions {expected} to {row.place - 1} are missing, "
                f"{self._between(row)}.",
            )
        self._previous = ()

    def _between(self, row: Row) -> str:
        return f"between {self.last} and {row}" if self.last else f"before {row}"

    def _place(self, row: Row, *, intact: bool) -> Iterator[Finding]:
        """Check that an entry's link follows from the link before it."""
        key, stored = self._keys[row.key], bytes(row.chain or b"")
        links = [
            sealing.chain(key, previous, row.place, row.pk, bytes(row.seal))
            for previous in self._previous
        ]
        if not links or stored in links:
            self._previous = (stored,)
            return
        if intact and not self._misplaced.add(row, self._previous):
            yield self._moved(row)
        # Either the link or the content was changed, so the next entry follows one of these links.
        self._previous = (stored, links[0])

    def _moved(self, row: Row) -> Finding:
        return Finding(
            "moved",
            f"{row} doesn't belong at position {row.position}: it was moved or put in, or its link "
            "was changed.",
            (row.pk,),
        )

    def _anchor(self, row: Row) -> Iterator[Finding]:
        for anchor in self._anchored.pop(row.place, ()):
            if anchor.chain != bytes(row.chain or b"").hex():
                yield Finding(
                    "anchor",
                    f"{row} at position {row.position} is not what was there at {anchor.at}: the "
                    "end of the trail was replaced, or all of it.",
                    (row.pk,),
                )

    def _erasures(self, batch: list[Row]) -> Iterator[Finding]:
        """Find erased text without an entry that says who erased it."""
        erased = {subject_of(row.pk): row for row in batch if row.salt is None}
        if not erased:
            return
        self.erased += len(erased)
        known = AuditEntry.objects.filter(verb=ERASED, subject__in=erased).values_list(
            "subject", flat=True
        )
        for subject in erased.keys() - set(known):
            row = erased[subject]
            yield Finding(
                "erased", f"The words of {row} were erased, and no entry says by whom.", (row.pk,)
            )

    def _after_the_walk(self) -> Iterator[Finding]:
        for one, other in self._misplaced.swapped():
            text = f"{one} and {other} were swapped."
            yield Finding("swapped", text, (one.pk, other.pk))
        for row, _previous in self._misplaced.rows:
            yield self._moved(row)
        yield from self._copies()
        for name, count in self._unknown_keys.items():
            yield Finding(
                "key", f"{count} entries can't be verified: AUDIT_KEYS has no key “{name}”."
            )
        end = self.last.place if self.last else 0
        beyond = [anchor for entries in self._anchored.values() for anchor in entries]
        for anchor in sorted(beyond, key=lambda anchor: anchor.entries)[-1:]:
            if anchor.entries > end:
                yield Finding(
                    "truncated",
                    f"The trail ends with entry {end}, but had {anchor.entries} at {anchor.at}: "
                    f"{anchor.entries - end} are missing at its end.",
                )

    def _copies(self) -> Iterator[Finding]:
        """Find entries that share a seal. The database refuses them unless a constraint is gone."""
        seals = AuditEntry.objects.order_by().values("seal").annotate(rows=Count("pk"))
        for seal in seals.filter(rows__gt=1).values_list("seal", flat=True).iterator():
            copies = AuditEntry.objects.filter(seal=seal).order_by("pk")
            entries = tuple(copies.values_list("pk", flat=True))
            names = " and ".join(map(str, entries))
            yield Finding("copied", f"Entries {names} are copies of one.", entries)
