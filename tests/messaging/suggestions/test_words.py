"""Stems, languages and the ranking; nothing that people type does any harm."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from messaging.models import Conversation
from messaging.suggestions import scoring
from messaging.suggestions.candidates import pairs_for
from messaging.suggestions.words import STEM_MIN, language_of, languages
from tests.messaging.suggestions.conftest import Answered
from tests.whole import tries

ENGLISH, SPANISH = languages()


@pytest.mark.parametrize(
    "words",
    [
        "deliver delivery delivered delivering", "size sizes", "wrap wrapped wrapping",
        "return returned returns", "arrive arrives arriving", "class classes",
    ],
)  # fmt: skip
def test_english_inflections_share_a_stem(words: str) -> None:
    assert len(set(ENGLISH.stems(words))) == 1


@pytest.mark.parametrize(
    "words",
    [
        "envío envíos enviar envían enviarlo enviado", "color colores", "lámpara lámparas",
        "devolución devoluciones", "recoger recogida recogerlo", "reservar reservarme",
        "rajado rajada rajados",
    ],
)  # fmt: skip
def test_spanish_inflections_share_a_stem(words: str) -> None:
    assert len(set(SPANISH.stems(words))) == 1


def test_words_that_say_nothing_are_left_out() -> None:
    assert ENGLISH.stems("Hello, could you please tell me when it's there?") == []
    assert SPANISH.stems("Hola, ¿me podrías decir si lo tenéis todavía?") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("Is it in stock?", ENGLISH), ("¿Lo tenéis en azul?", SPANISH), ("Do you ship?", ENGLISH)],
)
def test_a_texts_language_is_that_of_its_small_words(text: str, language: object) -> None:
    assert language_of(text) is language


@given(st.text())
def test_a_stem_is_where_a_word_begins(text: str) -> None:
    for language in languages():
        for stem in language.stems(text):
            assert stem
            assert "'" not in stem
            assert '"' not in stem


def test_rare_words_weigh_more_and_subjects_less_than_words() -> None:
    texts = ["the bowl", "the bowl in blue", "the jug", "do you post parcels", "delivery of a bowl"]
    rare, common, *_ = scoring.scores(ENGLISH, "a blue bowl", [texts[1], *texts])
    assert rare > common
    exact, alike = scoring.scores(ENGLISH, "delivery", ["delivery", "shipping", *texts])[:2]
    assert exact > alike > 0
    assert STEM_MIN == 3


@pytest.mark.django_db
@settings(max_examples=tries(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_question_can_be_looked_up(
    conversation: Conversation, answered: Answered, seller: User, text: str
) -> None:
    for language in languages():
        assert pairs_for(conversation, text + ' dishwasher\'s \\ "bowl" OR *', language) == []
