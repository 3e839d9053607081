"""Matching texts and words, with the same result on both databases."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from messaging import search
from messaging.models import Message
from trato.text import folded, word_pattern

from .hits import hits

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("We ship to Málaga.", "malaga"),
        ("We ship to Malaga.", "Málaga"),
        ("¿MÁLAGA?", "málaga"),
        ("We ship to Ma\u0301laga.", "málaga"),
        ("¿Sigue disponible?", "sigue"),
        ("«Jarrón» y taza", "jarron"),
        ("Blue/green, or green-grey?", "grey blue"),
        ("Write to ana@example.com", "example ana"),
        ("See https://example.com/lamps/oak_lamp", "oak"),
        ("<b>bold</b> &amp; brave", "bold brave"),
        ("It costs 24,50", "24"),
        ("The parcel has arrived", "parcel arr"),
        ("Ask Zoe O'Brien", "o'bri"),
        ("Write to zoe@example.com", "zoe@exam"),
        ("Mañana a las 5", "manana"),
        ("Überraschung", "uberraschung"),
        ("好 的", "好"),
        ("한국 도자기", "한국"),
        ("Meine Straße", "strasse"),
        ("MEINE STRASSE", "straße"),
        ("MEINE STRAẞE", "strasse"),
        ("Süßsauer", "susss"),
        ("Musßen", "musssen"),
        ("Łódź", "ŁÓDŹ"),
        ("Łódź", "lodz"),
        ("Lodz", "ŁÓDŹ"),
        ("İSTANBUL", "istanbul"),
        ("istanbul", "İSTANBUL"),
        ("Istanbul", "ıstanbul"),
        ("Ærø", "aero"),
        ("Smørrebrød", "SMORREBROD"),
        ("Þór", "thor"),
        ("Œuvre", "oeuvre"),
        ("ПРИВЁТ", "привет"),
        ("СИНИЙ ЧАЙНИК", "синий чайник"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("ΣΟΦΌΣ", "σοφος"),
        ("Ti\u1ebfng Vi\u1ec7t", "tieng viet"),
    ],
)
def test_what_was_said_is_found_without_case_and_accents(
    seller: User, said: Callable[[str], Message], text: str, query: str
) -> None:
    message = said(text)
    assert hits(seller, query) == [message.conversation_id]


LATIN = (*range(0xC0, 0x149), *range(0x14A, 0x180), *range(0x1E00, 0x1E96), *range(0x1E9E, 0x1EFA))
LETTERS = [chr(number) for number in (*LATIN, *range(0x386, 0x3CF), *range(0x400, 0x460))]


def test_every_letter_is_folded_alike_on_both_databases(
    seller: User, said: Callable[[str], Message]
) -> None:
    letters = [letter for letter in LETTERS if letter.isalpha()]
    words = [f"q{letter}{10_000 + number}" for number, letter in enumerate(letters)]
    said(" ".join(words))
    for start in range(0, len(words), search.MAX_WORDS):
        query = " ".join(words[start : start + search.MAX_WORDS])
        for looked_for in (query, folded(query), query.swapcase()):
            assert hits(seller, looked_for), looked_for
    assert not hits(seller, "qz10000")


@settings(deadline=None)
@given(text=st.text(max_size=20))
@example(text="Sß")
@example(text="ßsß ssss ßß")
@example(text="s" * 600)
def test_a_word_is_found_by_its_pattern_whatever_its_case_and_accents(text: str) -> None:
    for word in unicodedata.normalize("NFC", text).split():
        for other in (word, folded(word), unicodedata.normalize("NFD", word)):
            assert re.search(word_pattern(other), word), (word, other)


@pytest.mark.parametrize(
    "query", ["elephant", "malag ship", "shipped", "alaga", "malaga elephant", "!?", "'", '"']
)
def test_what_was_not_said_is_not_found(
    seller: User, said: Callable[[str], Message], query: str
) -> None:
    said("We ship to Málaga.")
    assert hits(seller, "malaga ship")
    assert hits(seller, query) == []


def test_the_last_word_may_be_a_beginning_and_the_others_may_not(
    seller: User, said: Callable[[str], Message]
) -> None:
    said("We ship to Málaga.")
    assert hits(seller, "mala")
    assert hits(seller, "ship mala")
    assert not hits(seller, "mala ship")
