"""Refuse names of people and shops that could be mistaken for somebody else's.

All comparisons use `skeleton`s of the names, in which look-alike characters are the same.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from confusable_homoglyphs.categories import alias
from confusable_homoglyphs.confusables import confusables_data
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from .text import FILLERS, validate_name

# Look-alikes within one alphabet, which Unicode's list has too, and substitutes for a forbidden
# letter. Applied last, to lowercase letters.
LOOK_ALIKES = (
    ("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("|", "l"), ("!", "l"),
    ("5", "s"), ("$", "s"), ("@", "a"),
)  # fmt: skip
# Letters that are named after the letter they resemble: `ʈ`, `Ⱦ`, `ᴛ`, 🆃, 🅣 and 🇹 after T.
DRAWN_AS = re.compile(
    "(?:LATIN (?:CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL )?"
    "|(?:CROSSED )?NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER "
    "|REGIONAL INDICATOR SYMBOL LETTER )([A-Z])(?: WITH .+)?"
)
# Substitutes for a letter in a reserved name. Not used to compare other names: a shop may be called
# `Studio 4` beside `Studio A`.
STANDS_FOR = str.maketrans("347+†○◯⭕°", "eattt" + "o" * 4)
# Additions that don't make a name a different one: `Admin 2`, `24h Support`, `Support®`.
ADDITIONS = re.compile(r"\d+(?:(?:h|st|nd|rd|th)\b)?|[®©™℠]", re.IGNORECASE)
# Alphabets that are written together: Japanese and Korean names may include Latin words.
OF_EAST_ASIA = frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
# Small words between the words of an office: `Atención al cliente`.
SMALL_WORDS = frozenset(["the", "and", "of", "al", "de", "del", "la", "el", "los", "y"])
OF_ALL_ALPHABETS = frozenset({"COMMON", "INHERITED", "UNKNOWN"})
UNSEEN = ("Cf", "Co", "Cn", "Zl", "Zp")  # Unicode categories
JOINERS = "\u200c\u200d"  # used by Persian, the scripts of India and emoji
SKELETON_MAX = 240  # characters in the skeleton of a name of 60


def skeleton(text: str) -> str:
    """Reduce a name to how it looks: lowercase Latin letters for whatever resembles them.

    Accents, spaces, punctuation and invisible characters don't count. Follows Unicode Technical
    Standard 39, section 4, whose list of confusable characters is in `confusable_homoglyphs`.
    """
    # Again, now that letters are adjacent without what was between them: `V:V` looks like `VV`.
    return _without_look_alikes("".join(_words(text)))[:SKELETON_MAX]


def _words(text: str) -> list[str]:
    """Return the skeleton of each word in a text."""
    # Again, now with lowercase letters: г looks like r, though Г looks like no Latin letter.
    shapes = _without_look_alikes(_shapes(_shapes(text).casefold()))
    return "".join(
        one if one.isalnum() or unicodedata.category(one).startswith("M") else " " for one in shapes
    ).split()


def _without_look_alikes(text: str) -> str:
    for look_alike, letter in LOOK_ALIKES:
        text = text.replace(look_alike, letter)
    return text


def _shapes(text: str) -> str:
    shapes = "".join(
        look_alikes().get(character) or drawn_as(character)
        for character in unicodedata.normalize("NFKD", text)
        if not _is_trimming(character)
    )
    return unicodedata.normalize("NFKD", shapes)


@lru_cache(maxsize=4096)
def drawn_as(character: str) -> str:
    """Return the lowercase Latin letter inside a frame, or without its stroke or hook."""
    match = None if character.isascii() else DRAWN_AS.fullmatch(unicodedata.name(character, ""))
    return match[1].lower() if match else character


def _is_trimming(character: str) -> bool:
    """Whether a name without this character still looks like the same name.

    True for accents; not for the vowel signs of Indian scripts and Thai, which are marks too.
    """
    category = unicodedata.category(character)
    is_accent = category in ("Mn", "Me") and _alphabet(character) in OF_ALL_ALPHABETS
    return category == "Cf" or is_accent or character in FILLERS


@lru_cache(maxsize=1)
def look_alikes() -> dict[str, str]:
    """Map look-alikes to the Latin letter or digit they resemble; leave out all others."""
    table = {}
    for character, likes in confusables_data.items():
        if len(character) > 1 or character.isascii():
            continue
        for like in likes:
            bare = "".join(
                drawn_as(part)
                for part in unicodedata.normalize("NFKD", like["c"])
                if not _is_trimming(part)
            )
            if bare.isascii() and bare.isalnum():
                table[character] = bare
                break
    return table


def is_reserved(name: str) -> bool:
    """Whether a name claims to be the site's own: its brand, or an office that only the site has.

    A name must not contain `RESERVED_BRANDS`, not even in pieces (`T r a t o`) or joined to an
    office (`TratoSupport`). No name may consist only of `RESERVED_OFFICES`, with or without a
    number (`Admin 2`), or contain one of `RESERVED_SIGNS`, which look like a mark from the site.
    """
    if any(sign in settings.RESERVED_SIGNS for sign in name):
        return True
    ways = (name, name.translate(STANDS_FOR), ADDITIONS.sub("", name))
    return any(_are_reserved(_words(way)) for way in ways)


def _are_reserved(words: list[str]) -> bool:
    brands, offices = _reserved(tuple(settings.RESERVED_BRANDS), tuple(settings.RESERVED_OFFICES))
    if offices.fullmatch("".join(word for word in words if word not in SMALL_WORDS)):
        return True
    return any(brands.fullmatch(run) for run in _runs(words))


def _runs(words: list[str]) -> Iterator[str]:
    """Yield every joined run of consecutive words."""
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield "".join(words[start:end])


@lru_cache(maxsize=8)  # for tests that change the settings
def _reserved(
    brands: tuple[str, ...], offices: tuple[str, ...]
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    brand = "|".join(re.escape(skeleton(word)) for word in brands) or "(?!)"
    office = "|".join(re.escape(skeleton(word)) for word in offices) or "(?!)"
    return re.compile(f"(?:{office})*(?:{brand})(?:{office}|{brand})*"), re.compile(
        f"(?:{office})+"
    )


def validate_public_name(value: str) -> None:
    """Refuse a person's or shop's name that could deceive. Staff may have one that sounds official.

    Raises:
        ValidationError: with a message for the person.
    """
    validate_honest_name(value)
    validate_unreserved(value)


def validate_honest_name(value: str) -> None:
    """Refuse a name that could deceive, unless it only sounds official. Raises ValidationError."""
    validate_name(value)
    if _has_invisible_characters(value):
        raise ValidationError(_("A name can't contain invisible characters."), code="invisible")
    if not any(character.isalnum() for character in value):
        raise ValidationError(_("A name needs a letter or a digit."), code="no_letters")
    if any(_mixes_alphabets(word) for word in value.split()):
        raise ValidationError(
            _("Use letters of only one alphabet in each word of a name."), code="alphabets"
        )


def validate_unreserved(value: str) -> None:
    """Refuse a name that sounds official. Raises ValidationError."""
    if is_reserved(value):
        raise ValidationError(_("This name sounds like ours. Choose another one."), code="reserved")


def validate_unclaimed(value: str, person_id: int | None) -> None:
    """Refuse a name for a person if it is known to belong to somebody else.

    `NAME_CLAIMS` has the dotted paths of functions that check this: each takes what `claimed`
    returns and a person's ID, and returns whether the name is taken.

    Raises:
        ValidationError: with a message for the person.
    """
    for path in settings.NAME_CLAIMS:
        if import_string(path)(claimed(value), person_id):
            raise ValidationError(
                _("This is the name of a verified shop, or looks like it. Choose another one."),
                code="claimed",
            )


def claimed(name: str) -> set[str]:
    """Return the skeletons of what a name claims: `Luna` for `Luna`, `Luna oficial`, `Luna 24`."""
    _brands, offices = _reserved(tuple(settings.RESERVED_BRANDS), tuple(settings.RESERVED_OFFICES))
    # An office's words and numbers say nothing about whose name it is.
    words = "".join(word for word in _words(ADDITIONS.sub("", name)) if not offices.fullmatch(word))
    return {skeleton(name), words[:SKELETON_MAX]} - {""}


def _has_invisible_characters(text: str) -> bool:
    for place, character in enumerate(text):
        if character in JOINERS:
            around = text[place - 1 : place] + text[place + 1 : place + 2]
            # Between Latin letters, or at the end of a word, they have no purpose.
            if len(around) < 2 or any(one.isspace() or _alphabet(one) == "LATIN" for one in around):
                return True
        elif character in FILLERS or unicodedata.category(character) in UNSEEN:
            return True
    return False


def _mixes_alphabets(word: str) -> bool:
    """Whether a word mixes letters of alphabets that nobody writes together."""
    used = {_alphabet(character) for character in word if character.isalpha()} - OF_ALL_ALPHABETS
    return len(used) > 1 and not used <= OF_EAST_ASIA


def _alphabet(character: str) -> str:
    return str(alias(character) or "UNKNOWN").upper()


class SkeletonField(models.CharField[str, str]):
    """The skeleton of another field in the same row, updated whenever the row is saved.

    Args:
        of: the name of the other field.
    """

    def __init__(self, *args: Any, of: str = "name", **kwargs: Any) -> None:
        self.of = of
        kwargs.update(max_length=SKELETON_MAX, editable=False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["editable"]
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = skeleton(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, value)
        return value
