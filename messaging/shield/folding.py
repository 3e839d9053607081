"""A text as the eye reads it, in lowercase ASCII, with the offsets of its original characters."""

import re
import unicodedata
from dataclasses import dataclass

from trato.names import drawn_as, look_alikes
from trato.text import FILLERS, folded

# Signs that stay signs, because Unicode doesn't decompose them or would turn them into letters.
SIGNS = {
    "€": "$", "£": "$", "¥": "$", "×": "x", "º": "~", "ª": "~", "°": "~", "·": ".", "•": ".",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"',
    "”": '"', "«": '"', "»": '"', "¿": " ", "¡": " ", "′": "'", "″": '"', "☎": " ", "→": ">",
    "。": ".", "∙": ".", "⁄": "/",
}  # fmt: skip
# Single characters with the same sign between them: `w h a t s`, `j.u.a.n`, `g m a i l . c o m`.
SPACED = re.compile(
    r"(?<![a-z0-9@])[a-z@]([ ._*/|~-])[a-z0-9@.](?![a-z0-9])(?:\1[a-z0-9@.](?![a-z0-9])){2,80}"
)


class Characters(dict[str, str]):
    """A mapping of each character to what it looks like in ASCII; a space if nothing is like it."""

    def __missing__(self, character: str) -> str:
        if len(self) > 20_000:
            self.clear()
        self[character] = look = _look(character)
        return look


def _look(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isprintable() or character == "\n" else " "
    if character in SIGNS:
        return SIGNS[character]
    # Marks, zero-width characters and other invisible characters leave no trace.
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or character in FILLERS:
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    look = ""
    for part in unicodedata.normalize("NFKC", character):
        plain = folded(look_alikes().get(part) or drawn_as(part))
        plain = plain if plain.isascii() else look_alikes().get(plain, " ")
        look += plain.lower() if plain.isascii() else " "
    return look or " "


CHARACTERS = Characters()


@dataclass(frozen=True)
class Folded:
    """A folded text.

    Args:
        text: in ASCII.
        starts: the original offset of each of its characters, and last the original length.
    """

    text: str
    starts: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original text of a part of the folded text."""
        first, last = self.starts[start], self.starts[end - 1]
        return first, max(self.starts[end], last + 1)


def fold(text: str) -> Folded:
    """Fold a text: without case, accents, look-alikes and invisible characters."""
    if text.isascii():
        plain = text.lower() if text.isprintable() else "".join(map(CHARACTERS.__getitem__, text))
        return _together(Folded(plain, list(range(len(text) + 1))))
    parts = [CHARACTERS[character] for character in text]
    starts = [number for number, part in enumerate(parts) for _ in part]
    return _together(Folded("".join(parts), [*starts, len(text)]))


def _together(view: Folded) -> Folded:
    """Join spaced-out letters."""
    dropped: set[int] = set()
    for match in SPACED.finditer(view.text):
        separators = range(match.start() + 1, match.end(), 2)
        dropped.update(separators)
    if not dropped:
        return view
    kept = [number for number in range(len(view.text)) if number not in dropped]
    text = "".join(view.text[number] for number in kept)
    return Folded(text, [*(view.starts[number] for number in kept), view.starts[-1]])
