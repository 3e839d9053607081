"""Scenarios, and how much of them runs."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

from .report import Row
from .stack import Stack

T = TypeVar("T")


@dataclass(frozen=True)
class Form:
    """The extent to which scenarios run.

    Args:
        long: for `make faults`; the short form runs in `make test`.
    """

    long: bool

    def pick(self, short: T, long: T) -> T:
        return long if self.long else short


Play = Callable[[Stack, Form], AsyncIterator[Row]]


@dataclass(frozen=True)
class Scenario:
    """One fault, or several of a kind.

    Args:
        play: yields a row for each fault.
        ground: its environment, a function of `stack`.
        in_short: whether the short form includes it.
    """

    name: str
    play: Play
    ground: str = "postgresql_and_redis"
    in_short: bool = True
