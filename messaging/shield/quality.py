"""Measure how good and how fast the shield is on given texts, for `manage.py shield_check`."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from .detection import find
from .examination import fires
from .scams import warnings

ROUNDS = 200


@dataclass
class Score:
    """Counts of lines, by what was expected and what was reported."""

    guilty: int = 0
    recognised: int = 0
    innocent: int = 0
    false_alarms: int = 0

    @property
    def lines(self) -> int:
        return self.guilty + self.innocent

    def count(self, expected: set[str], reported: set[str]) -> None:
        """Count a line. It is recognised if all expected kinds are reported; others may be too."""
        if expected:
            self.guilty += 1
            self.recognised += expected <= reported
        else:
            self.innocent += 1
            self.false_alarms += bool(reported)

    def __str__(self) -> str:
        return (
            f"recall {_share(self.recognised, self.guilty)}, "
            f"false alarms {_share(self.false_alarms, self.innocent)}"
        )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.1%})" if whole else "0/0"


def speed(texts: list[str]) -> str:
    """Return the mean microseconds per text, for texts that pass the prefilter and for others."""
    passing = [text for text in texts if not fires(text)]
    others = [text for text in texts if fires(text)]
    lengths = sum(map(len, passing)) / max(1, len(passing))
    return "\n".join(
        [
            f"{len(passing)} texts pass the prefilter ({lengths:.0f} characters on average); "
            f"prefilter {_microseconds(fires, passing):.1f} µs, "
            f"find {_microseconds(find, passing):.1f} µs, "
            f"warnings {_microseconds(warnings, passing):.1f} µs",
            f"{len(others)} texts don't: prefilter {_microseconds(fires, others):.1f} µs, "
            f"find {_microseconds(find, others, 5):.0f} µs, "
            f"warnings {_microseconds(warnings, others, 5):.0f} µs",
        ]
    )


def _microseconds(
    function: Callable[[str], object], texts: list[str], rounds: int = ROUNDS
) -> float:
    """Return the mean time of a call in the fastest of three rounds, in microseconds."""
    for text in texts:
        function(text)  # fills the caches
    best = float("inf")
    for _attempt in range(3):
        start = perf_counter()
        for _round in range(rounds):
            for text in texts:
                function(text)
        best = min(best, perf_counter() - start)
    return best / rounds / max(1, len(texts)) * 1e6
