"""Putting what several processes tell about one thing back into its order.

Changes of a conversation commit in the order of their revisions, one by one. Two processes that
committed one after the other may be heard in the other order, and the channel layer may lose,
double or delay what it is given.
"""

from typing import Generic, TypeVar

T = TypeVar("T")

LATE_MAX = 8  # events before the first of a thing that may still come
FORGET_AFTER = 4096  # things one ordering follows; then it starts afresh, which only costs order


class Ordering(Generic[T]):
    """Hands events on in ascending revision: one that came too early waits for those before it.

    What was handed on is not handed on again. The first event of a thing starts its count; those
    just before it may be on their way still, and are handed on when they come.
    """

    def __init__(self) -> None:
        self._reached: dict[int, int] = {}
        self._held: dict[int, dict[int, T]] = {}
        self._missing: dict[int, set[int]] = {}

    def take(self, key: int, revision: int, event: T) -> list[T]:
        """The events of a thing that are due, now that one more has come.

        Args:
            key: which thing.
            revision: one more than that of the change before it.
        """
        reached = self._reached.get(key)
        if reached is None:
            if len(self._reached) >= FORGET_AFTER:
                self._reached.clear()
                self._missing.clear()
            self._reached[key] = revision
            self._missing[key] = set(range(max(1, revision - LATE_MAX), revision))
            return [event]
        if revision <= reached:  # late, or doubled
            missing = self._missing.get(key, set())
            if revision not in missing:
                return []
            missing.discard(revision)
            return [event]
        self._held.setdefault(key, {})[revision] = event
        return self._due(key)

    def waits(self, key: int) -> bool:
        """Whether something of a thing is held back."""
        return key in self._held

    def release(self, key: int) -> list[T]:
        """Wait no longer: what is held, in order. Receivers see the gap and fetch the rest."""
        held = self._held.get(key)
        if not held:
            return []
        reached, first = self._reached.get(key, min(held) - 1), min(held)
        self._missing[key] = set(range(reached + 1, first)[-100:])
        self._reached[key] = first - 1
        return self._due(key)

    def _due(self, key: int) -> list[T]:
        held, reached, due = self._held[key], self._reached.get(key, 0), []
        while (event := held.pop(reached + 1, None)) is not None:
            reached += 1
            due.append(event)
        self._reached[key] = reached
        if not held:
            del self._held[key]
        return due
