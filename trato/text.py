"""The characters that people may write, and how searches compare texts."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Unicode Standard Annex 9: embeddings, overrides and isolates. They can make a name read
# backwards and so pass for another one.
BIDI_CONTROLS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
)

WORD_JOINER = "\u2060"  # invisible; no mail program turns `evil.⁠example` into a link

# Letters, symbols and marks that render as nothing, by category.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
# Marks on one letter. Vietnamese, Thai and Arabic names have two, pointed Hebrew three; more than
# that are used to paint over the lines above and below.
MARKS_MAX = 3

# Unicode's general categories Cc and Cs, which will never gain members.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Letters that Unicode doesn't decompose, and their replacements: the same as in PostgreSQL's
# `unaccent`, so that searches match the same on both databases.
SPELT = {
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ĳ": "ij", "ð": "d", "đ": "d", "ø": "o", "ł": "l",
    "ŀ": "l", "ħ": "h", "ı": "i", "ĸ": "q", "ŋ": "n", "ŧ": "t", "ſ": "s", "ς": "σ",
}  # fmt: skip
CYRILLIC = re.compile("(?![Ёё])[\u0400-\u04ff]")
REPEATS_MAX = 255  # in PostgreSQL's regular expressions
ACCENTS = re.compile("[\u0300-\u0362]")


def has_control_characters(text: str, allowed: str = "") -> bool:
    """Whether `text` has control characters (category Cc) or lone surrogates (Cs).

    PostgreSQL refuses NUL and surrogates, and SQLite stores NUL, so they must not get that far.

    Args:
        allowed: permitted control characters, such as line breaks.
    """
    return any(character not in allowed for character in CONTROLS.findall(text))


def drop_bidi_controls(text: str) -> str:
    """Return a text without characters that change the direction of surrounding text."""
    return "".join(character for character in text if character not in BIDI_CONTROLS)


def without_links(name: str) -> str:
    """Return a name that no mail program turns into a link."""
    for sign in ".:/@":
        name = name.replace(sign, f"{sign}{WORD_JOINER}")
    return name


def is_blank(text: str) -> bool:
    """Whether `text` is invisible: only whitespace, format characters and fillers."""
    return all(
        character.isspace()
        or unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp")
        or character in FILLERS
        for character in text
    )


def has_stacked_marks(text: str) -> bool:
    """Whether a letter has more marks than any language uses."""
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > MARKS_MAX:
            return True
    return False


def validate_name(value: str) -> None:
    """Refuse a name that is invisible, has control characters or changes its text direction.

    For names of objects; people and shops have `names.validate_public_name`.

    Raises:
        ValidationError: with a message for the person.
    """
    if is_blank(value):
        raise ValidationError(_("Write a visible name."), code="blank")
    if has_control_characters(value) or any(c in BIDI_CONTROLS for c in value):
        raise ValidationError(
            _("A name can't contain control characters or change the writing direction."),
            code="control_characters",
        )
    if has_stacked_marks(value):
        raise ValidationError(
            _("A letter in a name can't have that many accents."), code="stacked_marks"
        )


def folded(text: str) -> str:
    """Fold a text for searches: without case and accents, ß as ss, Ł as l, İ as i.

    `trato_folded` is the same on PostgreSQL. Cyrillic letters keep their accents, as in й, except
    ё.
    """
    apart = "".join(
        unicodedata.normalize("NFD", letter)
        if letter.isalpha() and not CYRILLIC.match(letter)
        else letter
        for letter in unicodedata.normalize("NFC", text)
    )
    return ACCENTS.sub("", apart).lower().translate(_SPELT)


_SPELT = str.maketrans(SPELT)


def word_pattern(word: str) -> str:
    """Return a regular expression for a word that ignores case and accents.

    It means the same to both databases, unlike LIKE: SQLite's LIKE ignores case only for ASCII
    letters. Use it with a case-sensitive match, because the pattern already contains both cases.
    """
    pattern, rest = "", unicodedata.normalize("NFC", folded(word))
    while rest:
        # Of three or more s, any two neighbours may be one ß. This also accepts a few more texts.
        if rest.startswith("sss"):
            count = len(rest) - len(rest.lstrip("s"))
            either = f"(?:{_one('s')}{ACCENTS.pattern}*|[{_LONG['ss']}])"
            pattern += f"{either}{{{min((count + 1) // 2, REPEATS_MAX)},}}"
            rest = rest[count:]
            continue
        long = next((one for one in _LONG if rest.startswith(one)), "")
        single = "".join(f"{_one(letter)}{ACCENTS.pattern}*" for letter in long or rest[0])
        pattern += f"(?:{single}|[{_LONG[long]}])" if long else single
        rest = rest[len(long or rest[0]) :]
    return pattern


def _one(letter: str) -> str:
    large = letter.upper()
    letters = {letter, *_VARIANTS.get(letter, ""), large if len(large) == 1 else letter}
    return re.escape(letter) if letters == {letter} else f"[{''.join(sorted(letters))}]"


def _variants() -> dict[str, str]:
    """Return, by folded text, all letters that fold to it, in scripts with upper and lower case."""
    letters: dict[str, str] = {}
    for number in (*range(0x41, 0x2B0), *range(0x370, 0x590), *range(0x1E00, 0x2000)):
        letter = chr(number)
        if letter.isalpha():
            letters[folded(letter)] = letters.get(folded(letter), "") + letter
    return letters


_VARIANTS = _variants()
_LONG = {plain: _VARIANTS[plain] for plain in SPELT.values() if len(plain) == 2}
