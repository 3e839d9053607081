"""Find entries that were swapped with each other, among entries whose link doesn't fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product

from . import sealing
from .rows import Row

KEPT_MAX = 100  # entries to compare with each other; others are reported one by one


@dataclass
class Misplaced:
    """Genuine entries that don't belong at their position in the chain."""

    keys: Mapping[str, bytes]
    rows: list[tuple[Row, tuple[bytes, ...]]] = field(default_factory=list)

    def add(self, row: Row, previous: tuple[bytes, ...]) -> bool:
        """Keep an entry for later comparison; return False if there are too many.

        Args:
            previous: the possible values of the link before it.
        """
        if len(self.rows) == KEPT_MAX:
            return False
        self.rows.append((row, previous))
        return True

    def swapped(self) -> Iterator[tuple[Row, Row]]:
        """Yield pairs that fit only in each other's place; drop them and what fits then."""
        genuine: dict[int, bytes] = {}  # the right links, by position
        for one, other in combinations(list(self.rows), 2):
            if one not in self.rows or other not in self.rows:
                continue
            first = self._links(one, other, genuine)
            second = first and self._links(other, one, {**genuine, one[0].place: first})
            if second:
                genuine |= {one[0].place: first, other[0].place: second}
                self.rows.remove(one)
                self.rows.remove(other)
                yield one[0], other[0]
        self.rows = [
            (row, previous)
            for row, previous in self.rows
            if row.place - 1 not in genuine
            or bytes(row.chain or b"") != self._link(row, genuine[row.place - 1], row.pk, row)
        ]

    def _links(
        self,
        one: tuple[Row, tuple[bytes, ...]],
        other: tuple[Row, tuple[bytes, ...]],
        genuine: Mapping[int, bytes],
    ) -> bytes:
        """Return the link at the place of `one` if the other's content belongs there, or b""."""
        (row, previous), (there, _previous) = one, other
        right = genuine.get(row.place - 1)
        before = (*previous, *([right] if right else ()))
        stored = {bytes(row.chain or b""), bytes(there.chain or b"")}
        for link, pk, content in product(before, (row.pk, there.pk), (there, row)):
            if (pk, content) == (row.pk, row):
                continue  # we know that this doesn't fit
            if (candidate := self._link(row, link, pk, content)) in stored:
                return candidate
        return b""

    def _link(self, row: Row, previous: bytes, pk: int, content: Row) -> bytes:
        key = self.keys[content.key]
        return sealing.chain(key, previous, row.place, pk, bytes(content.seal))
