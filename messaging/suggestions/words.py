"""Reduce a question to the stems of its meaningful words, and find their subjects.

Stems are rough: cutting off endings gives most inflections of a word the same stem. A stem is
always the beginning of its word, so an index of whole words finds the word by its stem. The word
lists are in `words/`, one file per language.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trato.text import folded

FOLDER = Path(__file__).parent / "words"
WORD = re.compile(r"[^\W\d_]{2,}")
STEM_MIN = 3  # letters
REMEMBERED = 20_000  # words, per language and process
ENGLISH_ENDINGS = ("ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s")
# Pronouns after an infinitive or a gerund: `mandarlo`, `reservarme`, `enviándoselo`.
SPANISH_PRONOUNS = re.compile(r"(?:(?<=[aei]r)|(?<=ndo))(?:[mts]e)?(?:l[oae]s?|[mts]e|nos)$")
SPANISH_PLURAL = re.compile(r"(?<=[aeo])s$|(?<=[lnrdzs])es$")
SPANISH_ENDINGS = (
    "amiento", "imiento", "aciones", "acion", "icion", "mente", "iendo", "ariamos", "eriamos",
    "iriamos", "aremos", "eremos", "iremos", "arian", "erian", "irian", "aria", "eria", "iria",
    "aron", "ieron", "ando", "amos", "emos", "imos", "aste", "aban", "aran", "eran", "iran",
    "ado", "ada", "ido", "ida", "ais", "eis", "aba", "ara", "era", "ira", "ar", "er", "ir", "an",
    "en", "a", "e", "i", "o",
)  # fmt: skip


class Stems(dict[str, str]):
    """Stems by word, computed when first looked up; a silent word has an empty stem."""

    def __init__(self, stem: Callable[[str], str], silent: frozenset[str]) -> None:
        self.stem, self.silent = stem, silent

    def __missing__(self, word: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        plain = folded(word)
        self[word] = "" if plain in self.silent else self.stem(plain)
        return self[word]


@dataclass(frozen=True)
class Language:
    """The words of one language.

    Args:
        silent: words that say nothing about the subject.
        known: stems by word.
        subjects: the numbers of the subjects that a stem belongs to.
        members: the stems of each subject.
    """

    silent: frozenset[str]
    known: Stems
    subjects: dict[str, tuple[int, ...]]
    members: tuple[tuple[str, ...], ...]

    def stems(self, text: str) -> list[str]:
        """Return the stems of the meaningful words in a text, in order."""
        known = self.known
        return [stem for word in WORD.findall(text.lower()) if (stem := known[word])]


def english(word: str) -> str:
    """Return the stem of a folded English word."""
    for ending in ENGLISH_ENDINGS:
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= STEM_MIN
            and not word.endswith("ss")
        ):
            word = word.removesuffix(ending)
            if len(word) > STEM_MIN and word[-1] == word[-2] and word[-1] not in "ls":
                word = word[:-1]  # wrapp(ing)
            break
    return word[:-1] if len(word) > STEM_MIN and word[-1] in "ey" else word


def spanish(word: str) -> str:
    """Return the stem of a folded Spanish word."""
    word = SPANISH_PRONOUNS.sub("", word)
    if len(word) > STEM_MIN:
        word = SPANISH_PLURAL.sub("", word)
    for ending in SPANISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= STEM_MIN:
            return word.removesuffix(ending)
    return word


STEMMERS = {"en": english, "es": spanish}


@cache
def languages() -> tuple[Language, ...]:
    """Return all languages, read once."""
    return tuple(_language(code) for code in STEMMERS)


def language_of(text: str) -> Language:
    """Return the language to which most of a text's silent words belong."""
    words = [folded(word) for word in WORD.findall(text)]
    return max(languages(), key=lambda language: sum(word in language.silent for word in words))


def _language(code: str) -> Language:
    text = (FOLDER / f"{code}.txt").read_text(encoding="utf-8")
    text = "\n".join(row for row in text.splitlines() if not row.startswith("#"))
    silent, _blank, rest = text.strip().partition("\n\n")
    stem = STEMMERS[code]
    members = tuple(tuple(dict.fromkeys(map(stem, row.split()))) for row in rest.split("\n"))
    subjects: dict[str, tuple[int, ...]] = {}
    for number, stems in enumerate(members):
        for one in stems:
            subjects[one] = (*subjects.get(one, ()), number)
    quiet = frozenset(silent.split())
    return Language(quiet, Stems(stem, quiet), subjects, members)
