"""The shield's report about a text."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

# Patterns that staff write find the last kind, see `messaging.rules`.
Kind = Literal["phone", "email", "messenger", "link", "payment", "iban", "pattern"]


@dataclass(frozen=True, order=True)
class Finding:
    """A way to contact or pay somebody, in a text.

    Args:
        start: offset of its first character in the original text.
        end: offset after its last character.
        kind: what kind of contact or payment it is.
        rule: the name of the rule that found it.
    """

    start: int
    end: int
    kind: Kind
    rule: str


def without_overlaps(findings: list[Finding]) -> list[Finding]:
    """Return the findings in order. Where two overlap, keep the one that was found first."""
    kept: list[Finding] = []
    for finding in findings:
        place = bisect_left(kept, finding.start, key=lambda one: one.start)
        is_free_before = place == 0 or kept[place - 1].end <= finding.start
        is_free_behind = place == len(kept) or kept[place].start >= finding.end
        if is_free_before and is_free_behind:
            kept.insert(place, finding)
    return kept
