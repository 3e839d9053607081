"""One conversation as a correct client keeps it: the rules for resuming, without I/O.

`revision` is the highest revision up to which the client has everything. A frame that arrives too
early is held back; after a gap, the client reopens the conversation from `revision`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Item:
    """A message as received over the network, without its text."""

    id: int
    sequence: int
    revision: int
    client_id: str
    changed: bool


@dataclass
class Thread:
    """A client's copy of a conversation."""

    pk: int
    revision: int = 0
    top_sequence: int = 0
    known: set[int] = field(default_factory=set)
    ahead: dict[int, Item] = field(default_factory=dict)

    @property
    def has_gap(self) -> bool:
        return bool(self.ahead)

    def add_live(self, item: Item) -> list[Item]:
        """Add a live frame; return what is now delivered, in order of revision."""
        if item.revision > self.revision:
            self.ahead[item.revision] = item
        return self._settle()

    def resume(self, items: Iterable[Item], revision: int) -> list[Item]:
        """Add a page: now everything up to `revision` is here. Returns the same as `add_live`."""
        placed = []
        for item in sorted(items, key=lambda item: item.revision):
            if item.revision <= self.revision:
                continue
            if item.revision <= revision:
                placed.append(item)
            else:  # stored after the server had read the revision
                self.ahead[item.revision] = item
        self.revision = max(self.revision, revision)
        self.ahead = {key: item for key, item in self.ahead.items() if key > self.revision}
        return self._place(placed) + self._settle()

    def _settle(self) -> list[Item]:
        placed = []
        while item := self.ahead.pop(self.revision + 1, None):
            self.revision += 1
            placed.append(item)
        return self._place(placed)

    def _place(self, items: list[Item]) -> list[Item]:
        for item in items:
            self.known.add(item.id)
            self.top_sequence = max(self.top_sequence, item.sequence)
        return items
