"""A shop that is closed or away replies automatically: once a day, and only if nobody was there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopMemberFactory
from catalog.models import Product, Shop, ShopMember
from messaging.away import actions, answering
from messaging.due import watched_shops
from messaging.factories import ConversationFactory
from messaging.models import AwayAnswer, Conversation, Message
from messaging.sending import orm
from messaging.triage import actions as triage
from tests.databases import own_database
from tests.said import say
from tests.unread import unread_count

from .conftest import SATURDAY, WORDS

pytestmark = pytest.mark.django_db(transaction=True)

Ask = Callable[..., list[str]]
Clock = time_machine.Traveller


def test_a_closed_shop_answers_in_its_own_name(
    ask: Ask, seller: User, shopper: User, conversation: Conversation
) -> None:
    assert ask() == [WORDS]
    message = Message.objects.get(is_automatic=True)
    assert (message.side, message.sender, message.sender_name) == ("seller", seller, "Barro y Sal")
    assert unread_count(shopper.pk) == 1
    conversation.refresh_from_db()
    assert (conversation.turn, conversation.assignee) == ("seller", None)
    asked = conversation.messages.get(sequence=1)
    assert conversation.waiting_since == asked.created_at


def test_an_open_shop_does_not_answer(ask: Ask, clock: Clock) -> None:
    clock.move_to(SATURDAY - timedelta(days=1))
    assert ask() == []
    clock.move_to(SATURDAY)
    assert answering.due(10) == 0


def test_it_answers_once_a_day_by_the_shops_clock(ask: Ask, clock: Clock) -> None:
    for _ in range(3):
        assert ask() == [WORDS]
        clock.shift(timedelta(hours=2))
    clock.move_to(datetime(2026, 11, 28, 23, 59, 30, tzinfo=SATURDAY.tzinfo))
    assert ask() == [WORDS]
    clock.shift(60)
    assert ask() == [WORDS] * 2


def test_not_within_an_hour_of_a_persons_answer(
    ask: Ask, seller: User, conversation: Conversation, clock: Clock
) -> None:
    say(seller, conversation, "I'm here anyway.")
    clock.shift(timedelta(minutes=59))
    assert ask() == []
    clock.shift(timedelta(minutes=2))
    assert ask() == [WORDS]


def test_an_automatic_answer_gets_none(ask: Ask, clock: Clock, conversation: Conversation) -> None:
    assert ask() == [WORDS]
    answering._decided.clear()
    AwayAnswer.objects.all().delete()
    assert answering.answer(conversation.pk) is False
    assert conversation.messages.count() == 2


def test_a_settled_conversation_gets_none(
    ask: Ask, shopper: User, seller: User, conversation: Conversation
) -> None:
    say(shopper, conversation, "Thanks, that's all.")
    triage.settle(seller, [conversation.pk])
    assert answering.due(10) == 0
    assert not conversation.messages.filter(is_automatic=True).exists()
    assert ask() == [WORDS]  # a new message opens it again


def test_an_ended_conversation_gets_none(
    ask: Ask, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation)
    Conversation.objects.update(ended_at=timezone.now())
    answering.due(10)
    assert not Message.objects.filter(is_automatic=True).exists()


def test_the_shops_own_purchases_get_none(ask: Ask, closed: Shop, product: Product) -> None:
    insider = UserFactory(seller=True)
    own = ConversationFactory(consumer=insider, product=ProductFactory(shop=closed))
    ShopMemberFactory(shop=closed, user=insider)
    assert ask(insider, own) == []


def test_what_was_written_before_it_was_switched_on_gets_none(
    closed: Shop, seller: User, shopper: User, conversation: Conversation, clock: Clock
) -> None:
    actions.set_words(seller, closed.pk, is_on=False, words=WORDS)
    clock.shift(60)
    say(shopper, conversation)
    assert answering.due(10) == 0
    clock.shift(60)
    actions.set_words(seller, closed.pk, is_on=True, words=WORDS)
    while answering.due(10):
        pass
    assert not Message.objects.filter(is_automatic=True).exists()


def test_a_late_answer_is_sent_unless_the_shop_is_open_again(
    closed: Shop, shopper: User, conversation: Conversation, product: Product, clock: Clock
) -> None:
    """This happens after an outage."""
    clock.move_to(datetime(2026, 11, 30, 8, 10, tzinfo=SATURDAY.tzinfo))
    say(shopper, conversation)
    other = ConversationFactory(consumer=UserFactory(), product=product)
    say(other.consumer, other)
    clock.shift(timedelta(minutes=40))
    assert answering.answer(conversation.pk)
    clock.shift(timedelta(minutes=15))
    assert answering.answer(other.pk) is False
    clock.move_to(datetime(2026, 12, 5, 12, tzinfo=SATURDAY.tzinfo))
    say(other.consumer, other)
    clock.shift(timedelta(minutes=61))
    assert answering.due(10) == 0  # too late


def test_a_shop_that_is_away_answers_at_any_hour_in_other_words(
    ask: Ask, closed: Shop, seller: User, clock: Clock
) -> None:
    clock.move_to(SATURDAY - timedelta(days=3))  # open
    back = SATURDAY - timedelta(days=2)
    actions.set_away(seller, closed.pk, back, "At a fair until Thursday.")
    clock.shift(1)
    assert ask() == ["At a fair until Thursday."]
    clock.move_to(back)
    assert ask() == ["At a fair until Thursday."]


def test_a_shop_without_owners_does_not_answer(ask: Ask, closed: Shop) -> None:
    ShopMember.objects.update(role=ShopMember.Role.AGENT)
    assert ask() == []


def test_other_shops_do_not_answer(ask: Ask, closed: Shop, other_seller: User) -> None:
    other = ConversationFactory(
        consumer=UserFactory(), product=ProductFactory(shop=other_seller.shops.get())
    )
    assert ask(other.consumer, other) == []


def test_without_shops_that_answer_a_round_is_one_query(db: None) -> None:
    """On PostgreSQL, another query reads the database's clock, which this test replaces."""
    with CaptureQueriesContext(connection) as asked:
        assert answering.due(10) == 0
    assert len([one for one in asked if one["sql"].startswith("SELECT")]) == 1


def test_a_shopper_of_such_a_shop_wakes_the_loop(
    closed: Shop, shopper: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(watched_shops, "wake", lambda: woken.append(True))
    answering.due(10)
    say(shopper, conversation)
    assert woken == [True]


def test_a_decided_message_is_not_looked_at_again(ask: Ask, closed: Shop, seller: User) -> None:
    ask()
    assert answering.due(10) == 0


def test_a_failure_keeps_others_waiting_only_until_the_next_round(
    closed: Shop, shopper: User, conversation: Conversation, product: Product,
    monkeypatch: pytest.MonkeyPatch, clock: Clock,
) -> None:  # fmt: skip
    other = ConversationFactory(consumer=UserFactory(), product=product)
    say(shopper, conversation)
    clock.shift(1)
    say(other.consumer, other)
    store, errors = orm.store_one, [OperationalError("gone"), ValueError("a bug")]

    def failing(attempt: Any) -> Any:
        if errors:
            raise errors.pop(0)
        return store(attempt)

    monkeypatch.setattr(orm, "store_one", failing)
    with pytest.raises(OperationalError):
        answering.due(10)
    assert not AwayAnswer.objects.exists()
    assert answering.due(10) == 2  # one of them failed with a bug
    assert Message.objects.filter(is_automatic=True).get().conversation == other


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all")
def test_somebody_who_is_writing_is_not_waited_for(
    closed: Shop, shopper: User, conversation: Conversation
) -> None:
    say(shopper, conversation)
    with psycopg.connect(own_database()) as other:
        row = "SELECT FROM messaging_conversation WHERE id = %s FOR NO KEY UPDATE"
        other.execute(row, [conversation.pk])
        assert answering.due(10) == 0
    assert answering.due(10) == 1
    assert Message.objects.filter(is_automatic=True).count() == 1
