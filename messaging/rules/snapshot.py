"""This process's copy of the rules that are on.

A sweep reloads them every few seconds. If they are older than `SHIELD_RULES_MAX_SECONDS`, they are
reloaded before the next message is checked.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from messaging.shield import examination, scams
from messaging.shield.detection import find
from messaging.shield.findings import Finding
from messaging.shield.pictures import with_files

from . import patterns
from .kinds import PATTERN, SCAMS
from .models import ShieldRule


@dataclass(frozen=True)
class Match:
    """A rule that matches a message, and where it matches.

    A scam has no place, and neither does the text of a QR code in a picture.
    """

    rule: ShieldRule
    spans: tuple[tuple[int, int], ...]
    is_in_picture: bool = False


class RuleSet:
    """The rules that are on, ready to be applied.

    Args:
        rules: in the order in which a writer reads about them.
    """

    def __init__(self, rules: list[ShieldRule]) -> None:
        self.loaded_at = time.monotonic()
        self._detectors = [rule for rule in rules if rule.detector]
        self._own = [(rule, patterns.compiled(rule.pattern)) for rule in rules if rule.pattern]
        self._prefilter: Any = patterns.combined(rule.pattern for rule, _own in self._own)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.loaded_at <= settings.SHIELD_RULES_MAX_SECONDS

    def fires(self, text: str) -> bool:
        """Whether a text isn't clearly innocent."""
        if self._detectors and examination.fires(text):
            return True
        if self._prefilter is None:
            return False
        return self._prefilter.search(text.encode("utf-8", "replace")) is not None

    def matches(self, text: str, language: str, codes: str = "", captions: str = "") -> list[Match]:
        """Return the rules that match a text, or only the message's files.

        Args:
            codes, captions: the text in the message's files, see `Attempt`.
        """
        matches = self._matches(text, language)
        if codes or captions:
            named = {match.rule.pk for match in matches}
            matches += [
                Match(match.rule, (), is_in_picture=True)
                for match in self._matches(with_files(text, codes, captions), language)
                if match.rule.pk not in named
            ]
        return matches

    def _matches(self, text: str, language: str) -> list[Match]:
        spans: dict[str, list[tuple[int, int]]] = {}
        if any(rule.detector not in SCAMS for rule in self._detectors):
            for finding in find(text, language):
                spans.setdefault(finding.kind, []).append((finding.start, finding.end))
        if any(rule.detector in SCAMS for rule in self._detectors):
            spans |= {warning.kind: [] for warning in scams.warnings(text, language)}
        matches = [
            Match(rule, tuple(spans[rule.detector]))
            for rule in self._detectors
            if rule.detector in spans
        ]
        for rule, pattern in self._own:
            if places := tuple(patterns.spans(pattern, text)):
                matches.append(Match(rule, places))
        return matches


def findings_of(matches: list[Match]) -> list[Finding]:
    """Return the parts of the text that rules have found, in order."""
    kinds: Any = {match.rule.name: match.rule.detector or PATTERN for match in matches}
    return sorted(
        Finding(start, end, kinds[match.rule.name], match.rule.name)
        for match in matches
        for start, end in match.spans
    )


_current: RuleSet | None = None


def fresh() -> RuleSet | None:
    """Return this process's rules, unless they are too old. Takes no query."""
    return _current if _current is not None and _current.is_fresh else None


def load() -> RuleSet:
    """Load the rules with one query."""
    global _current
    _current = RuleSet(list(ShieldRule.objects.filter(is_on=True)))
    return _current


def forget() -> None:
    """Drop this process's rules, so that changed ones are loaded before the next message."""
    global _current
    _current = None


def due(limit: int) -> int:
    """Load the rules again, see `messaging.sweeps`."""
    load()
    return 0
