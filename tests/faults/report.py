"""The table at the end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from .checker import Verdict


@dataclass
class Row:
    """One scenario's outcome.

    Args:
        name: the scenario's name.
        n: the number of messages sent.
        recovery: seconds, one per client and fault or as the scenario says.
        extra: other measurements, in words.
        complaints: violations; empty is green.
    """

    name: str
    n: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    recovery: list[float] = field(default_factory=list)
    extra: str = ""
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def of(
        cls, name: str, verdict: Verdict, recovery: Sequence[float] = (), extra: str = ""
    ) -> "Row":
        return cls(
            name=name,
            n=verdict.sent,
            lost=verdict.lost,
            doubled=verdict.doubled,
            reordered=verdict.reordered,
            recovery=list(recovery),
            extra=extra,
            complaints=list(verdict.complaints),
        )

    def require(self, holds: bool, complaint: str) -> None:
        """Add a complaint unless one of the scenario's own conditions is met."""
        if not holds:
            self.complaints.append(complaint)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; 0 if nothing was measured."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * share) - 1)] if ranked else 0.0


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table, with the complaints below it."""
    lines = [
        "| scenario | n | lost | doubled | reordered | recovery p50 / p99 | extra | result |",
        "|---|---:|---:|---:|---:|---:|---|---|",
    ]
    for row in rows:
        recovery = (
            f"{percentile(row.recovery, 0.5):.2f} / {percentile(row.recovery, 0.99):.2f} s"
            if row.recovery
            else "–"
        )
        lines.append(
            f"| {row.name} | {row.n} | {row.lost} | {row.doubled} | {row.reordered} "
            f"| {recovery} | {row.extra} | {'RED' if row.complaints else 'green'} |"
        )
    for row in rows:
        lines += [f"{row.name}: {complaint}" for complaint in row.complaints]
    return "\n".join(lines)
