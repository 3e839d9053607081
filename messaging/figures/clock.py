"""The fair clock: how long a shopper waited for a shop. It doesn't use the database.

A wait begins with a shopper's message and ends with the next reply by a person, in any conversation
between the two. These rules make it fair to the shop:

- Only the shop's opening hours count.
- A reply in one conversation also answers what the same shopper asked in others.
- A thank-you starts no wait, and neither does a question that the team settles without a reply.
- Automatic replies don't end a wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from typing import Protocol


class Hours(Protocol):
    """A shop's opening hours, in its time zone."""

    @property
    def zone(self) -> tzinfo: ...

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Return how long the shop is open between two times, in seconds."""


class Kind(Enum):
    ASKED = "asked"  # a shopper's message
    THANKED = "thanked"  # a shopper's message that only says thank you
    ANSWERED = "answered"  # a person's message for the shop
    AUTOMATIC = "automatic"  # the shop's own message
    SETTLED = "settled"  # the team says that no reply is needed, or the conversation ended


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a conversation of one shopper and one shop.

    Args:
        sequence: the message's, or that of the conversation's last message when it was settled.
        person: who replied.
    """

    at: datetime
    conversation: int
    sequence: int
    kind: Kind
    person: int | None = None

    @property
    def order(self) -> tuple[datetime, int, int]:
        # A settled conversation comes after its last message, even at the same time.
        return self.at, self.conversation, 2 * self.sequence + (self.kind is Kind.SETTLED)


@dataclass(frozen=True, slots=True)
class Wait:
    """From a question to its reply; `answered` is None while the shopper is waiting."""

    asked: Event
    answered: Event | None

    def seconds(self, hours: Hours, now: datetime) -> int:
        """Return how long the shop was open during the wait."""
        end = self.answered.at if self.answered else now
        return int(hours.open_seconds(self.asked.at, max(end, self.asked.at)))


def waits(events: Iterable[Event]) -> list[Wait]:
    """Return the waits of one shopper for one shop, in order; only the last one may be open."""
    pending: dict[int, Event] = {}  # the first unanswered question of each conversation
    done = []
    for event in sorted(events, key=lambda event: event.order):
        match event.kind:
            case Kind.ASKED:
                pending.setdefault(event.conversation, event)
            case Kind.SETTLED:
                pending.pop(event.conversation, None)
            case Kind.ANSWERED if pending:
                done.append(Wait(_first(pending), event))
                pending = {}
    if pending:
        done.append(Wait(_first(pending), None))
    return done


def _first(pending: dict[int, Event]) -> Event:
    return min(pending.values(), key=lambda event: event.order)
