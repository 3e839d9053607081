"""Recognise common scams in a message, by the rows of `scams.json`."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from . import prefilter
from .folding import fold
from .messengers import messengers

ScamKind = Literal[
    "fake_courier",
    "other_messenger",
    "pay_to_receive",
    "overpayment",
    "prepaid_label",
    "sms_code",
    "release_fee",
]
FILE = Path(__file__).with_name("scams.json")
CHARACTERS_MAX = 4000  # of a message; the rest isn't searched
REFERENCE = re.compile("<([a-z_]+)>")


@dataclass(frozen=True)
class Warning:
    """A scam that a message resembles.

    Args:
        kind: which scam.
        rule: the name of the row.
    """

    kind: ScamKind
    rule: str


@dataclass(frozen=True)
class Row:
    """A pattern: a folded message matches with all of `all`, in any order, and none of `none`."""

    name: str
    kind: ScamKind
    language: str
    detector: str
    all: tuple[Any, ...]
    none: tuple[Any, ...]

    def matches(self, text: bytes) -> bool:
        return all(one.search(text) for one in self.all) and not any(
            one.search(text) for one in self.none
        )


def warnings(text: str, language: str | None = None) -> list[Warning]:
    """Return the scams that a message resembles, at most one of a kind.

    The patterns of both languages are searched, since people mix them.

    Args:
        language: of the message; that language's patterns come first.
    """
    if not may_contain_scams(text):
        return []
    view = fold(text[:CHARACTERS_MAX])
    # Folding leaves ASCII; patterns see a message of several lines as one.
    folded = view.text.replace("\n", " ").encode()
    matching = [row for row in _candidates(folded) if row.matches(folded)]
    # The detector is slower. It looks for the same words as the prefilter of contacts.
    if prefilter.may_contain_contacts(text) and any(
        finding.rule != "handle" for finding in messengers(view)
    ):
        matching += [row for row in rows() if row.detector]
    kinds: dict[ScamKind, Warning] = {}
    for row in sorted(matching, key=lambda row: row.language != language):
        kinds.setdefault(row.kind, Warning(row.kind, row.name))
    return list(kinds.values())


def _candidates(text: bytes) -> list[Row]:
    """Return the rows whose first pattern occurs in a folded text, with one search for all."""
    patterned, first = _first_patterns()
    return [patterned[number] for number in first.Match(text) or ()]


def may_contain_scams(text: str) -> bool:
    """Whether a text has a word that some row requires."""
    return _prefilter().fires(text)


def source() -> dict[str, Any]:
    """Return the file's contents: `words` to which patterns refer, and `rows`."""
    contents: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return contents


@cache
def rows() -> tuple[Row, ...]:
    """Return all patterns, compiled once."""
    contents = source()
    words = contents["words"]

    def complete(pattern: str) -> str:
        for _level in range(2):  # words refer to words
            pattern = REFERENCE.sub(lambda match: words[match[1]], pattern)
        return pattern

    def compiled(patterns: list[str]) -> tuple[Any, ...]:
        return tuple(prefilter.compiled(complete(one)) for one in patterns)

    return tuple(
        Row(
            row["name"],
            row["kind"],
            row["language"],
            row.get("detector", ""),
            compiled(row["all"]),
            compiled(row["none"]),
        )
        for row in contents["rows"]
    )


@cache
def _first_patterns() -> tuple[tuple[Row, ...], Any]:
    """Return the rows with patterns, and an automaton for the first pattern of each."""
    patterned = tuple(row for row in rows() if not row.detector)
    return patterned, prefilter.compiled_set([row.all[0].pattern for row in patterned])


@cache
def _prefilter() -> prefilter.Prefilter:
    return prefilter.Prefilter(trigger_pattern())


@cache
def trigger_pattern() -> str:
    """Return a pattern of words, whatever their accents. Each row requires at least one of them."""
    triggers = {trigger for row in source()["rows"] for trigger in row["trigger"]}
    words = "|".join(map(prefilter.tolerant, sorted(triggers)))
    return rf"\b(?:{words})|{prefilter.MESSENGER}"
