"""Count actions in this process within a moving window.

Every allowed action is counted here as well as in Redis. So one process never lets a person exceed
the limit, whether Redis answers, is slow or is down. Until Redis answers again, we use the last
number that it returned for a person's actions in other processes.
"""

import threading
from bisect import bisect_left
from typing import NamedTuple

SWEEP_AT = 10_000  # people; above that, forget people without actions in the window

Who = int | str  # an account's ID, or a key for an address


class Limit(NamedTuple):
    """A limit: how many actions of a kind in how many seconds."""

    name: str
    amount: int
    seconds: int


class _Acts:
    """The times of one person's actions here, and the number of actions in other processes."""

    __slots__ = ("elsewhere", "elsewhere_until", "here")

    def __init__(self) -> None:
        self.here: list[float] = []  # an empty deque would take 700 bytes
        self.elsewhere = 0
        self.elsewhere_until = 0.0


class MovingWindow:
    """All people's actions of one kind. Thread-safe. Times are from `time.time()`."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._people: dict[Who, _Acts] = {}
        self._sweep_at = SWEEP_AT
        self._lock = threading.Lock()

    def hit(self, who: Who, now: float) -> float | None:
        """Count an action, or return how many seconds to wait if there have been too many here."""
        _name, amount, seconds = self._limit
        with self._lock:
            acts = self._people.get(who)
            if acts is None:
                if len(self._people) >= self._sweep_at:
                    self._sweep(now)
                acts = self._people[who] = _Acts()
            here = acts.here
            del here[: bisect_left(here, now - seconds)]
            if len(here) >= amount:
                return here[-amount] + seconds - now if amount else seconds
            here.append(now)
            return None

    def give_back(self, who: Who) -> None:
        """Undo the count of the latest action."""
        with self._lock:
            acts = self._people.get(who)
            if acts is not None and acts.here:
                acts.here.pop()

    def update(self, who: Who, number: int, until: float) -> None:
        """Store how many actions Redis has counted.

        Args:
            number: the person's actions in all processes, including this one.
            until: the time from which this process ignores the number.
        """
        with self._lock:
            acts = self._people.get(who)
            if acts is not None:
                acts.elsewhere, acts.elsewhere_until = max(0, number - len(acts.here)), until

    def settle(self, who: Who, now: float) -> float | None:
        """Decide on the latest action without Redis.

        Returns:
            None, or how many seconds to wait because the actions here and elsewhere exceed the
            limit. In that case the action isn't counted.
        """
        with self._lock:
            acts = self._people.get(who)
            if acts is None or now >= acts.elsewhere_until:
                return None
            if len(acts.here) + acts.elsewhere <= self._limit.amount:
                return None
            acts.here.pop()
            return acts.elsewhere_until - now

    def _sweep(self, now: float) -> None:
        past = now - self._limit.seconds
        self._people = {
            who: acts
            for who, acts in self._people.items()
            if acts.elsewhere_until > now or (acts.here and acts.here[-1] >= past)
        }
        self._sweep_at = max(SWEEP_AT, 2 * len(self._people))
