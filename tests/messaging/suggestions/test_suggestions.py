"""The choice and order of suggested answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop, ShopMember
from messaging.factories import ReportFactory
from messaging.models import Conversation, Message, Report
from messaging.suggestions import queries
from messaging.suggestions.base import Suggester, Suggestion
from tests.messaging.suggestions.conftest import Answered
from tests.said import say

pytestmark = pytest.mark.django_db
QUESTION, ANSWER = "Is it dishwasher-safe?", "Yes, in every dishwasher."
MOST_QUERIES = 18


def suggested(client_of: Any, user: User, conversation: Conversation) -> list[dict[str, Any]]:
    address = f"{conversation.get_absolute_url()}suggestions/"
    answer = client_of(user).get(address, headers={"accept": "application/json"})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.fixture
def others(answered: Answered) -> None:
    """Answers to other questions, so that some words are rarer than others."""
    answered("Do you ship to Portugal?", "Yes, within a week.")
    answered("Which colours does the cushion have?", "Green and rust.")
    answered("What does the mirror weigh?", "4 kg.")


def test_a_past_answer_is_suggested_with_what_it_answered(
    asked: Conversation, answered: Answered, others: None, seller: User, client_of: Any
) -> None:
    past = answered("Hi there", QUESTION, ANSWER)
    (item,) = suggested(client_of, seller, asked)
    assert (item["conversation"], item["body"]) == (past.conversation_id, ANSWER)
    assert QUESTION in item["question"]
    assert (item["is_same_product"], item["warnings"]) == (False, [])
    assert item["age"].endswith("ago")


def test_the_same_product_comes_first(
    asked: Conversation, answered: Answered, others: None, product: Product, seller: User,
    client_of: Any,
) -> None:  # fmt: skip
    answered("Can the bowl go into the dishwasher, please?", "Another one can.")
    answered("Dishwasher?", "This one can.", product=product)
    answered(
        "Can the jug go into the dishwasher?",
        "The jug can.",
        product=ProductFactory(shop=product.shop),
    )
    bodies = [item["body"] for item in suggested(client_of, seller, asked)]
    assert bodies == ["This one can.", "Another one can.", "The jug can."]


def test_there_are_three_at_most_and_none_twice(
    asked: Conversation, answered: Answered, seller: User, client_of: Any
) -> None:
    for number in range(6):
        answered(QUESTION, ANSWER if number < 3 else f"Answer {number}")
    bodies = [item["body"] for item in suggested(client_of, seller, asked)]
    assert len(bodies) == len(set(bodies)) == 3


def test_an_unlike_question_or_a_thank_you_gets_none(
    conversation: Conversation, shopper: User, answered: Answered, others: None, seller: User,
    client_of: Any,
) -> None:  # fmt: skip
    answered(QUESTION, ANSWER)
    for words in ("Thank you so much!", "???", "12 34", "Gracias 🙂"):
        say(shopper, conversation, words)
        assert suggested(client_of, seller, conversation) == []
    say(shopper, conversation, "One more: dishwasher?")
    assert len(suggested(client_of, seller, conversation)) == 1


def test_nothing_is_suggested_once_the_shop_has_answered(
    asked: Conversation, answered: Answered, seller: User, client_of: Any
) -> None:
    answered(QUESTION, ANSWER)
    assert suggested(client_of, seller, asked)
    say(seller, asked, "It can.")
    assert suggested(client_of, seller, asked) == []


@pytest.mark.parametrize(
    "why", ["another shop's", "answer removed", "question removed", "scam", "automatic"]
)
def test_what_must_not_be_suggested_is_not(
    why: str, asked: Conversation, answered: Answered, others: None, seller: User,
    other_seller: User, shopper: User, client_of: Any,
) -> None:  # fmt: skip
    if why == "another shop's":
        foreign = ShopMember.objects.get(user=other_seller).shop
        answered(QUESTION, ANSWER, of=foreign, by=other_seller)
    else:
        message = answered(QUESTION, ANSWER)
        question = message.conversation.messages.get(sequence=1)
        if why == "scam":
            ReportFactory(message=question, reporter=seller, reason=Report.Reason.SCAM)
        rows = {"answer removed": message, "automatic": message, "question removed": question}
        if why in rows:
            facts = {"is_automatic": True} if why == "automatic" else {"removed_at": timezone.now()}
            Message.objects.filter(pk=rows[why].pk).update(**facts)
    assert suggested(client_of, seller, asked) == []
    answered(QUESTION, "Allowed.")
    assert [item["body"] for item in suggested(client_of, seller, asked)] == ["Allowed."]


def test_after_an_automatic_message_the_question_still_waits_for_a_person(
    asked: Conversation, answered: Answered, others: None, seller: User, client_of: Any
) -> None:
    past = answered(QUESTION, "We are closed.")
    Message.objects.filter(pk=past.pk).update(is_automatic=True)
    say(seller, past.conversation, ANSWER)
    assert [item["body"] for item in suggested(client_of, seller, asked)] == [ANSWER]


def test_changes_since_then_are_said(
    asked: Conversation, answered: Answered, others: None, product: Product, seller: User,
    client_of: Any,
) -> None:  # fmt: skip
    answered(QUESTION, f"{ANSWER} Bye, Nora!", product=product)
    Product.objects.filter(pk=product.pk).update(price=2600, stock=0)
    (item,) = suggested(client_of, seller, asked)
    assert item["warnings"] == [
        "Price changed since: €24.50 then, €26.00 now.",
        "Out of stock now.",
        "It addresses Nora.",
    ]
    assert item["is_same_product"]
    assert item["about"] == product.title


def test_a_suggester_of_ones_own_is_asked_and_watched(
    asked: Conversation, answered: Answered, seller: User, other_seller: User, client_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    foreign = ShopMember.objects.get(user=other_seller).shop
    ours, theirs = answered("A", "Ours."), answered("B", "Theirs.", of=foreign, by=other_seller)

    class Careless(Suggester):
        def suggest(
            self, conversation: Conversation, question: str, limit: int
        ) -> list[Suggestion]:
            assert (conversation, limit) == (asked, 3)
            assert question == "Hello! Can the bowl go into the dishwasher?"
            shown = [theirs, ours, ours.conversation.messages.get(sequence=1)]
            return [Suggestion(one, "Why?") for one in shown]

    monkeypatch.setattr(queries, "suggester", Careless)
    (item,) = suggested(client_of, seller, asked)
    assert (item["body"], item["question"]) == ("Ours.", "Why?")


def test_the_class_is_a_setting(settings: Any) -> None:
    settings.MESSAGING_SUGGESTER = "messaging.suggestions.base.Suggester"
    queries.suggester.cache_clear()
    with pytest.raises(TypeError, match="abstract"):
        queries.suggester()


def test_too_many_requests_are_refused(
    asked: Conversation, seller: User, client_of: Any, settings: Any
) -> None:
    settings.SUGGESTIONS_PER_MINUTE = 1
    assert suggested(client_of, seller, asked) == []
    refused = client_of(seller).get(f"{asked.get_absolute_url()}suggestions/")
    assert refused.status_code == 429


def test_the_number_of_queries_does_not_grow(
    asked: Conversation, answered: Answered, product: Product, seller: User, shop: Shop
) -> None:
    counts = []
    for _ in range(2):
        for number in range(4):
            answered(QUESTION, f"Answer {timezone.now()} {number}", product=product)
        with CaptureQueriesContext(connection) as captured:
            assert len(queries.suggestions_for(seller, asked.pk).items) == 3
        counts.append(len(captured))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_the_newest_of_equal_answers_is_kept(
    asked: Conversation, answered: Answered, others: None, seller: User, client_of: Any
) -> None:
    old = answered(QUESTION, ANSWER)
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=400))
    answered(QUESTION, ANSWER)
    (item,) = suggested(client_of, seller, asked)
    assert "year" not in item["age"]
