"""The pane beside a conversation, as shown to different people."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory
from catalog.models import Product, Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import Conversation
from messaging.notes import actions as notes
from messaging.triage import actions as triage
from trato.templatetags.times import moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(client_of: Any, conversation: Conversation) -> Any:
    """`page_of(user)`: the conversation's page as one person gets it, with single spaces."""

    def get(user: User, **query: Any) -> str:
        text: str = client_of(user).get(conversation.get_absolute_url(), query).text
        return re.sub(r"\s+", " ", text)

    return get


def asked(shopper: User, shop: Shop, title: str, **message: Any) -> Conversation:
    product = ProductFactory(shop=shop, title=title)
    conversation = ConversationFactory(consumer=shopper, product=product)
    MessageFactory(conversation=conversation, **message)
    return conversation


def titles(page: str) -> list[str]:
    return re.findall(r'class="others__link"[^>]*> ([^<]*) <', page)


def test_the_shop_sees_the_shoppers_other_conversations_with_it_alone(
    shopper: User, stranger: User, seller: User, shop: Shop, page_of: Any
) -> None:
    asked(shopper, shop, "Grey jug", created_at=timezone.now() - timedelta(days=2))
    asked(shopper, shop, "Tall vase")
    asked(shopper, ShopFactory(owner=stranger), "Elsewhere")
    asked(stranger, shop, "Somebody else's")
    page = page_of(seller)
    assert titles(page) == ["Tall vase", "Grey jug"]
    assert "Elsewhere" not in page
    assert "others__all" not in page
    assert titles(page_of(shopper)) == []
    assert "Grey jug" not in page_of(shopper)


def test_of_many_others_the_newest_are_shown_and_all_can_be_found(
    shopper: User, seller: User, shop: Shop, page_of: Any
) -> None:
    for number in range(settings.CONTEXT_CONVERSATIONS_MAX + 2):
        asked(shopper, shop, f"Number {number}")
    page = page_of(seller)
    assert titles(page) == [f"Number {number}" for number in (6, 5, 4, 3, 2)]
    assert re.search(r'class="others__all" href="/conversations/\?q=Luc%C3%ADa%20Romero"', page)


def test_it_says_who_is_waited_for_and_how_long(
    shopper: User, seller: User, conversation: Conversation, page_of: Any
) -> None:
    def line() -> str:
        [shown] = re.findall(r'<p class="waiting__line[^>]*" >(.*?)</p>', page_of(seller))
        return " ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", "", shown).split())

    two_hours_ago = timezone.now() - timedelta(hours=2, minutes=59)
    MessageFactory(conversation=conversation, created_at=two_hours_ago)
    MessageFactory(conversation=conversation, body="Hello?")
    assert line() == "Waiting for your shop for 2 hours"
    MessageFactory(conversation=conversation, sender=seller, body="Yes.")
    assert line() == "Waiting for the shopper for under a minute"
    triage.settle(seller, [conversation.pk])
    assert line() == "Settled: no reply needed"
    assert "waiting__line" not in page_of(shopper)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "under a minute"), (59, "59 minutes"), (119, "1 hour"), (1440, "1 day"), (9000, "6 days")],
)
def test_a_span_of_time_in_words(minutes: int, words: str) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        assert f">{words}<" in moment(now - timedelta(minutes=minutes), "span")


def test_what_has_changed_since_the_question_is_said_in_words(
    shopper: User, seller: User, product: Product, page_of: Any
) -> None:
    for user, who in ((shopper, "you"), (seller, "they")):
        assert f"Nothing has changed since {who} asked." in page_of(user)
    Product.objects.filter(pk=product.pk).update(price=9900, title="Dearer bowl", stock=0)
    for user, who in ((shopper, "you"), (seller, "they")):
        page = page_of(user)
        assert "Nothing has changed" not in page
        assert f"It cost €24.50 when {who} asked." in page
        assert "It was called “Speckled bowl” then." in page
        assert "Sold out" in page
    Product.objects.filter(pk=product.pk).update(published_at=None)
    assert "No longer on sale" in page_of(shopper)


def test_what_is_sold_out_is_not_said_to_be_unchanged(
    shopper: User, seller: User, product: Product, page_of: Any
) -> None:
    Product.objects.filter(pk=product.pk).update(stock=0)
    for user in (shopper, seller):
        page = page_of(user)
        assert "Sold out" in page
        assert "Nothing has changed" not in page


def test_how_many_are_left_is_for_the_shop(
    shopper: User, seller: User, product: Product, page_of: Any
) -> None:
    Product.objects.filter(pk=product.pk).update(stock=7)
    assert "7 in stock" in page_of(seller)
    assert "7 in stock" not in page_of(shopper)


def test_the_last_note_is_there_even_if_the_page_does_not_reach_it(
    shopper: User, seller: User, conversation: Conversation, page_of: Any, settings: Any
) -> None:
    settings.HISTORY_PAGE_SIZE = 2
    assert "data-empty" in page_of(seller)
    MessageFactory(conversation=conversation)
    notes.add(seller, conversation.pk, uuid.uuid4(), "Wants two of them")
    link = re.compile(r'data-note-link href="#note-1" ?>')
    page = page_of(seller)
    assert link.search(page)
    assert page.count("Wants two of them") == 2  # also between the messages
    for _ in range(3):
        MessageFactory(conversation=conversation)
    page = page_of(seller, around=4)
    assert page.count("Wants two of them") == 1
    assert not link.search(page)
    assert page_of(seller, before=2).count("Wants two of them") == 2
    assert "Wants two of them" not in page_of(shopper)
