"""Whose turn it is, and how many conversations are in each lane."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory
from messaging import access
from messaging.factories import ConversationFactory, MessageFactory
from messaging.lanes import orm, queries
from messaging.lanes.turns import Turn, after_message
from messaging.models import Conversation, Lane, Side
from messaging.triage import actions as triage
from tests.whole import tries

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_second_question_waits_since_the_first() -> None:
    asked = after_message(Turn(), Side.CONSUMER, NOW)
    assert asked == Turn("seller", NOW)
    assert after_message(asked, Side.CONSUMER, NOW + timedelta(hours=1)) == asked
    assert after_message(asked, Side.SELLER, NOW) == Turn("consumer", NOW)


def test_an_answer_passes_the_turn_to_the_shopper(conversation: Conversation, seller: User) -> None:
    asked = MessageFactory(conversation=conversation)
    assert (conversation.turn, conversation.waiting_since) == ("seller", asked.created_at)
    MessageFactory(conversation=conversation, sender=seller)
    lane = Lane.objects.get()
    assert (conversation.turn, lane.turn) == ("consumer", "consumer")


def recounted(user: User) -> dict[str, int]:
    """Count the lanes plainly, one conversation at a time."""
    numbers = dict.fromkeys(queries.LANES, 0)
    shop_ids = access.scope_of(user).shop_ids
    for row in Conversation.objects.filter(last_sequence__gt=0):
        own = Side.CONSUMER if row.consumer_id == user.pk else None
        if row.shop_id in shop_ids:
            own = Side.SELLER
        if own is None:
            continue
        lane = "settled" if not row.turn else "ours" if row.turn == own else "theirs"
        numbers[lane] += 1
        numbers["all"] += 1
    return numbers


Act = tuple[str, int]


@settings(max_examples=tries(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.lists(
        some.tuples(some.sampled_from(["ask", "answer", "settle", "reopen"]), some.integers(0, 3)),
        max_size=20,
    )
)
def test_the_counts_equal_a_recount(shopper: User, seller: User, acts: list[Act]) -> None:
    shops = [ShopFactory(owner=seller), ShopFactory(owner=seller)]
    others = [shopper, UserFactory()]
    rows = [
        ConversationFactory(consumer=person, product=ProductFactory(shop=shop))
        for person in others
        for shop in shops
    ]
    own = ConversationFactory(consumer=seller, product=ProductFactory())
    MessageFactory(conversation=own)
    for act, place in acts:
        row = Conversation.objects.get(pk=rows[place].pk)
        if act == "ask":
            MessageFactory(conversation=row)
        elif act == "answer":
            MessageFactory(conversation=row, sender=seller)
        else:
            getattr(triage, act)(seller, [row.pk])
    kept = {user.pk: queries.counts(access.scope_of(user)) for user in (shopper, seller)}
    assert kept[seller.pk] == recounted(seller)
    assert kept[shopper.pk] == recounted(shopper)
    for lane in queries.LANES:
        condition = queries.of_lane(access.scope_of(seller), lane)
        listed = Conversation.objects.filter(condition, last_sequence__gt=0)
        assert listed.count() == kept[seller.pk][lane]
    orm.rebuild([shop.pk for shop in shops])
    assert queries.counts(access.scope_of(seller)) == kept[seller.pk]


def test_counts_take_two_queries(
    conversation: Conversation, seller: User, django_assert_num_queries: Any
) -> None:
    MessageFactory(conversation=conversation)
    scope = access.scope_of(seller)
    queries.counts(scope)
    with django_assert_num_queries(2):
        queries.counts(scope)


def test_each_conversation_is_in_one_lane(conversation: Conversation, seller: User) -> None:
    for sender in (conversation.consumer, seller, seller, conversation.consumer):
        MessageFactory(conversation=conversation, sender=sender)
    lanes = Lane.objects.values("turn").annotate(number=Count("pk"))
    assert list(lanes) == [{"turn": "seller", "number": 1}]
