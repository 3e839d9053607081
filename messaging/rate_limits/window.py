"""What people did in this process within a moving window, whatever Redis says of it.

Every act that a process lets through is counted here as well as in Redis. So one process never
lets anybody do more than they may, whether Redis answers, is slow or is away; and what Redis told
last of a person's acts in other processes holds until it tells again.
"""

import threading
from collections import deque

SWEEP_AT = 10_000  # people; then those whose acts are all past are forgotten

Person = int | str  # an account's id, or whoever else has an allowance


class _Acts:
    """One person's acts here, by their time, and how many there are elsewhere."""

    __slots__ = ("elsewhere", "elsewhere_until", "here")

    def __init__(self) -> None:
        self.here: deque[float] = deque()
        self.elsewhere = 0
        self.elsewhere_until = 0.0


class Window:
    """Acts of one kind, of everybody. Safe to use from several threads.

    Args:
        amount: how many acts one person has.
        seconds: in how long.

    All times are those of `time.time()`.
    """

    def __init__(self, amount: int, seconds: float) -> None:
        self._amount, self._seconds = amount, seconds
        self._people: dict[Person, _Acts] = {}
        self._sweep_at = SWEEP_AT
        self._lock = threading.Lock()

    def take(self, person: Person, now: float) -> float | None:
        """Count one act; or how many seconds to wait, if too many were done here."""
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
        """Take the latest act out of the count again: it turned out to be none."""
        with self._lock:
            acts = self._people.get(person)
            if acts is not None and acts.here:
                acts.here.pop()

    def told(self, person: Person, number: int, until: float) -> None:
        """Redis has told of a person's acts in all processes.

        Args:
            number: how many there are, those of this process among them.
            until: the time at which this is certainly no longer true.
        """
        with self._lock:
            acts = self._people.get(person)
            if acts is not None:
                acts.elsewhere, acts.elsewhere_until = max(0, number - len(acts.here)), until

    def too_many(self, person: Person, now: float) -> float | None:
        """How many seconds to wait, if the acts here and elsewhere are more than one may do."""
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
