"""What people did in this process within a moving window.

Every act that a process lets through is counted here as well as in Redis. So one process never
lets a person exceed the limit, whether Redis answers, is slow or is away. What Redis last told of a
person's acts in other processes holds until it answers again.
"""

import threading
from collections import deque

SWEEP_AT = 10_000  # people; then those without acts in the window are forgotten

Person = int | str  # an account's ID, or another owner of an allowance


class _Acts:
    """The times of one person's acts here, and how many acts there are in other processes."""

    __slots__ = ("elsewhere", "elsewhere_until", "here")

    def __init__(self) -> None:
        self.here: deque[float] = deque()
        self.elsewhere = 0
        self.elsewhere_until = 0.0


class Window:
    """The acts of one kind, of all people. Thread-safe.

    Args:
        amount: how many acts a person may do...
        seconds: ...in how long.

    All times are those of `time.time()`.
    """

    def __init__(self, amount: int, seconds: float) -> None:
        self._amount, self._seconds = amount, seconds
        self._people: dict[Person, _Acts] = {}
        self._sweep_at = SWEEP_AT
        self._lock = threading.Lock()

    def hit(self, person: Person, now: float) -> float | None:
        """Count an act, or return how many seconds to wait if there are too many here."""
        with self._lock:
            acts = self._people.get(person)
            if acts is None:
                if len(self._people) >= self._sweep_at:
                    self._sweep(now)
                acts = self._people[person] = _Acts()
            here = acts.here
            while here and here[0] < now - self._seconds:
                here.popleft()
            if len(here) >= self._amount:
                return here[-self._amount] + self._seconds - now if self._amount else self._seconds
            here.append(now)
            return None

    def give_back(self, person: Person) -> None:
        """Don't count the latest act."""
        with self._lock:
            acts = self._people.get(person)
            if acts is not None and acts.here:
                acts.here.pop()

    def update(self, person: Person, number: int, until: float) -> None:
        """Note how many acts Redis knows of.

        Args:
            number: in all processes, this one included.
            until: when this is certainly no longer true.
        """
        with self._lock:
            acts = self._people.get(person)
            if acts is not None:
                acts.elsewhere, acts.elsewhere_until = max(0, number - len(acts.here)), until

    def excess(self, person: Person, now: float) -> float | None:
        """Return how many seconds to wait if acts here and elsewhere exceed the limit, or None."""
        with self._lock:
            acts = self._people.get(person)
            if acts is None or now >= acts.elsewhere_until:
                return None
            if len(acts.here) + acts.elsewhere <= self._amount:
                return None
            return acts.elsewhere_until - now

    def _sweep(self, now: float) -> None:
        past = now - self._seconds
        self._people = {
            person: acts
            for person, acts in self._people.items()
            if acts.elsewhere_until > now or (acts.here and acts.here[-1] >= past)
        }
        self._sweep_at = max(SWEEP_AT, 2 * len(self._people))
