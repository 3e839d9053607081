"""Paraphrased questions find the right answer, in both languages and on both databases."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, Message
from messaging.suggestions import quality

pytestmark = pytest.mark.django_db
SHARE = 0.85  # of the paraphrases with the right answer among three; today it is more


def test_most_paraphrases_find_their_answer(
    shop: Shop, seller: User, shopper: User, stranger: User
) -> None:
    results = quality.measure(shop.pk, seller, shopper, stranger)
    assert set(results) == {"en", "es"}
    for result in results.values():
        assert result.asked >= 30
        assert result.hits >= SHARE * result.asked
        assert result.false <= result.idle / 2
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()


def test_a_paraphrase_is_no_question_in_another_order() -> None:
    for rows in quality.cases().values():
        for case in rows:
            for paraphrase in case.paraphrases:
                assert sorted(case.question.lower().split()) != sorted(paraphrase.lower().split())


def test_the_command_prints_what_it_found(shop: Shop, shopper: User, stranger: User) -> None:
    out = StringIO()
    call_command("suggestion_quality", stdout=out)
    assert "en: hit@3 " in out.getvalue()
    assert "es: hit@3 " in out.getvalue()


def test_the_command_needs_a_shop() -> None:
    with pytest.raises(CommandError, match="There is no shop"):
        call_command("suggestion_quality")
