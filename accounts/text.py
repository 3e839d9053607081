"""Which characters a person may write where, and how they are looked for."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Unicode Standard Annex 9: embeddings, overrides and isolates. They can make a name read
# backwards and so pass for another one.
BIDI_CONTROLS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
)

# Letters and symbols, by their category, that are drawn as nothing.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Marks on one letter. Vietnamese, Thai and Arabic names have two, pointed Hebrew three; more are
# made to paint over what stands above and below.
MARKS_MAX = 3

# Unicode's general categories Cc and Cs, which will never get another member.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
LETTERS = {
    "a": "aáàâäãå",
    "c": "cç",
    "e": "eéèêë",
    "i": "iíìîï",
    "n": "nñ",
    "o": "oóòôöõ",
    "u": "uúùûü",
    "y": "yýÿ",
}


def has_control_characters(text: str, allowed: str = "") -> bool:
    """Whether `text` has control characters (category Cc) or lone surrogates (Cs).

    PostgreSQL refuses NUL and surrogates, SQLite stores NUL: neither may come so far.

    Args:
        allowed: control characters that do not count, such as line breaks.
    """
    return any(character not in allowed for character in CONTROLS.findall(text))


def is_blank(text: str) -> bool:
    """Whether nothing of `text` would be seen: white space, format characters, fillers."""
    return all(
        character.isspace()
        or unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp")
        or character in FILLERS
        for character in text
    )


def has_stacked_marks(text: str) -> bool:
    """Whether a letter bears more marks than any language puts on one."""
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > MARKS_MAX:
            return True
    return False


def validate_name(value: str) -> None:
    """Refuse a name that is invisible, has control characters or turns its own direction.

    For names of things. Those of people and shops have `names.validate_public_name`.

    Raises:
        ValidationError: with a message for the person.
    """
    if is_blank(value):
        raise ValidationError(_("Write a name that can be seen."), code="blank")
    if has_control_characters(value) or any(c in BIDI_CONTROLS for c in value):
        raise ValidationError(
            _("A name cannot hold control characters or change the writing direction."),
            code="control_characters",
        )
    if has_stacked_marks(value):
        raise ValidationError(
            _("A letter of a name cannot bear so many accents."), code="stacked_marks"
        )


def word_pattern(word: str) -> str:
    """A regular expression for a word that accents do not matter to.

    Both databases read it alike, while their LIKE differs: SQLite's knows the case of ASCII
    letters alone.
    """
    return "".join(_letter_pattern(letter) for letter in unicodedata.normalize("NFC", word))


def _letter_pattern(letter: str) -> str:
    variants = LETTERS.get(unicodedata.normalize("NFD", letter)[0].lower())
    return f"[{variants}{variants.upper()}]" if variants else re.escape(letter)
