"""Put the events of a conversation back into order.

A conversation's changes commit in the order of their revisions, one at a time. If two processes
commit one after the other, their events may still arrive in reverse, and the channel layer may
lose, duplicate or delay any of them. For why the receiver does this, see
`docs/decisions/0011-order-at-the-receiver.md`.
"""

from typing import Generic, TypeVar

T = TypeVar("T")

LATE_MAX = 8  # events from before a stream's first one that may still arrive
STREAMS_MAX = 4096  # with more, the resequencer starts over, which loses order but no events


class Resequencer(Generic[T]):
    """Passes on each stream's events by ascending revision, none of them twice.

    An event that arrives early waits until the events before it have arrived. The first event of a
    stream starts its count; the few events just before it may still be on their way, and are passed
    on when they arrive.
    """

    def __init__(self) -> None:
        self._reached: dict[int, int] = {}
        self._held: dict[int, dict[int, T]] = {}
        self._missing: dict[int, set[int]] = {}

    def push(self, key: int, revision: int, event: T) -> list[T]:
        """Add an event of a stream and return the events that are now due.

        Args:
            key: identifies the stream.
            revision: one more than that of the stream's previous change.
        """
        reached = self._reached.get(key)
        if reached is None:
            if len(self._reached) >= STREAMS_MAX:
                self._reached.clear()
                self._missing.clear()
            self._reached[key] = revision
            self._missing[key] = set(range(max(1, revision - LATE_MAX), revision))
            return [event]
        if revision <= reached:  # late or duplicate
            missing = self._missing.get(key, set())
            if revision not in missing:
                return []
            missing.discard(revision)
            return [event]
        if revision == reached + 1 and key not in self._held:  # almost always
            self._reached[key] = revision
            return [event]
        self._held.setdefault(key, {})[revision] = event
        return self._due(key)

    def has_gap(self, key: int) -> bool:
        """Whether events of a stream are waiting for one that has not arrived."""
        return key in self._held

    def flush(self, key: int) -> list[T]:
        """Stop waiting and return what was held back up to the next gap, in order.

        Receivers notice the gap and fetch what is missing.
        """
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
