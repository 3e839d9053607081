"""Examine a message for contacts and scams. For most messages, one check is enough."""

from dataclasses import dataclass
from functools import cache

from . import prefilter
from .detection import find
from .findings import Finding
from .scams import Warning, trigger_pattern, warnings


@dataclass(frozen=True)
class Examination:
    """The shield's findings in a message."""

    findings: list[Finding]
    warnings: list[Warning]


INNOCENT = Examination([], [])


def examine(text: str, language: str | None = None, side: str | None = None) -> Examination:
    """Return a message's ways to contact or pay somebody, and the scams that it resembles."""
    if not fires(text):
        return INNOCENT
    return Examination(find(text, language, side), warnings(text, language))


def fires(text: str) -> bool:
    """Whether a text may be suspicious, by the combined prefilter of contacts and scams."""
    return _combined().fires(text)


@cache
def _combined() -> prefilter.Prefilter:
    return prefilter.Prefilter(f"{prefilter.CONTACT}|{trigger_pattern()}")
