"""The table at the end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from .checker import Verdict


@dataclass
class Row:
    """One scenario's outcome.

    Args:
        name: of the scenario.
        n: messages that were sent.
        recovery: seconds, one per client and fault or as the scenario says.
        extra: what else was measured, in words.
        complaints: broken promises; empty is green.
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
        """A condition of the scenario's own, beyond the checker's."""
        if not holds:
            self.complaints.append(complaint)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; nothing measured is 0."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * share) - 1)] if ranked else 0.0


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, with what was broken below it."""
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
