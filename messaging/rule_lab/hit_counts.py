"""The counts of a dry run so far; they are stored as JSON between slices."""

from binascii import crc32
from bisect import insort
from datetime import timedelta

from django.conf import settings
from msgspec import Struct, field

from messaging.models import ShieldRule

AGES = (1, 3, 7, 14, 30, 90, 365)  # days: accounts younger than each limit, and then older ones


class Hit(Struct):
    """A message that matches the rule, in a situation where it applies, apart from the account age.

    Args:
        day: the day in UTC, as in ISO 8601.
        age: the age of the sender's account at that time, in days; None if unknown.
        stops: whether the rule would have stopped it, which also depends on the age.
        others: the names of other rules that stop it too.
    """

    message: int
    conversation: int
    sender: int
    side: str
    day: str
    age: float | None
    stops: bool
    others: list[str]


class HitCounts(Struct):
    """Counts of messages, by several of their properties.

    Args:
        limits: the upper limits of ages in days, in order; older accounts come after the last one.
        ages: messages at any age, by place in `limits`; the last place is for unknown ages.
        people_ages: people whom the rule would have stopped, by their age at their first such
            message, in the same places.
        people: their IDs by side, until the run ends; then only `numbers` are kept.
        samples: messages with their ranks, lowest first: a random choice that doesn't depend on how
            the run is sliced.
    """

    limits: list[int]
    ages: list[int]
    people_ages: list[int]
    sides: dict[str, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    overlaps: dict[str, int] = field(default_factory=dict)
    people: dict[str, set[int]] = field(default_factory=dict)
    conversations: set[int] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    samples: list[tuple[int, int]] = field(default_factory=list)
    hits: int = 0
    overlapping: int = 0  # hits that another rule stops too

    @classmethod
    def of(cls, rule: ShieldRule) -> "HitCounts":
        """Return empty counts whose limits include the rule's own."""
        own = {rule.account_days} if rule.account_days else set()
        limits = sorted({*AGES, *own})
        return cls(limits, [0] * (len(limits) + 2), [0] * (len(limits) + 2))

    def add(self, hit: Hit) -> None:
        """Count a message."""
        place = self._place_of(hit.age)
        self.ages[place] += 1
        if not hit.stops:
            return
        self.hits += 1
        self.sides[hit.side] = self.sides.get(hit.side, 0) + 1
        self.days[hit.day] = self.days.get(hit.day, 0) + 1
        self.overlapping += bool(hit.others)
        for name in hit.others:
            self.overlaps[name] = self.overlaps.get(name, 0) + 1
        people = self.people.setdefault(hit.side, set())
        if hit.sender not in people and len(people) < settings.RULE_LAB_NAMED_MAX:
            people.add(hit.sender)
            self.people_ages[place] += 1
        if len(self.conversations) < settings.RULE_LAB_NAMED_MAX:
            self.conversations.add(hit.conversation)
        insort(self.samples, (crc32(b"%d" % hit.message), hit.message))
        del self.samples[settings.RULE_LAB_SAMPLES :]

    def close(self) -> None:
        """Forget the people and conversations; keep only their numbers."""
        self.numbers = {side: len(people) for side, people in self.people.items()}
        self.numbers["people"] = len(set().union(*self.people.values()))
        self.numbers["conversations"] = len(self.conversations)
        self.people, self.conversations = {}, set()

    def _place_of(self, age: float | None) -> int:
        if age is None:
            return len(self.limits) + 1
        smaller = [place for place, limit in enumerate(self.limits) if age < limit]
        return smaller[0] if smaller else len(self.limits)


def days_of(age: timedelta | None) -> float | None:
    """Return an account's age in days."""
    return None if age is None else age / timedelta(days=1)
