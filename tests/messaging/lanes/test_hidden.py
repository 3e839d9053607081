"""Whose turn it is after a message is withdrawn or removed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Shop
from messaging import access
from messaging.editing.actions import withdraw
from messaging.factories import ConversationFactory, MessageFactory
from messaging.lanes import orm, queries
from messaging.lanes.turns import Turn, after_message
from messaging.models import NOT_HIDDEN, Conversation, Lane, Message, Side
from messaging.triage import actions as triage
from tests.rulings import remove_message
from tests.said import say
from tests.whole import tries
from trato import rate_limits

pytestmark = pytest.mark.django_db


def turn_of(conversation: Conversation) -> tuple[str, Any]:
    conversation.refresh_from_db()
    lane = Lane.objects.get(conversation=conversation)
    assert (lane.turn, lane.waiting_since) == (conversation.turn, conversation.waiting_since)
    return conversation.turn, conversation.waiting_since


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_nobody_has_to_answer_the_only_question_once_it_is_hidden(
    is_withdrawn: bool, conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    asked = say(shopper, conversation)
    assert queries.counts(access.scope_of(seller))["ours"] == 1
    if is_withdrawn:
        withdraw(shopper, conversation.pk, 1)
    else:
        remove_message(moderator, asked.pk, "No")
    assert turn_of(conversation) == ("", None)
    assert queries.counts(access.scope_of(seller)) == {
        "ours": 0, "theirs": 0, "settled": 1, "all": 1,
    }  # fmt: skip
    assert conversation.last_sequence == 1


def test_a_question_that_is_left_waits_since_its_own_time(
    conversation: Conversation, shopper: User
) -> None:
    first, second = (say(shopper, conversation) for _ in range(2))
    assert turn_of(conversation) == ("seller", first.created_at)
    withdraw(shopper, conversation.pk, 1)
    assert turn_of(conversation) == ("seller", second.created_at)


def test_who_takes_an_answer_back_owes_it_again(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    asked, answered = say(shopper, conversation), say(seller, conversation)
    assert turn_of(conversation) == ("consumer", answered.created_at)
    withdraw(seller, conversation.pk, 2)
    assert turn_of(conversation) == ("seller", asked.created_at)


def test_what_was_answered_or_settled_meanwhile_stays_so(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    say(shopper, conversation)
    answered = say(seller, conversation)
    withdraw(shopper, conversation.pk, 1)
    assert turn_of(conversation) == ("consumer", answered.created_at)
    say(shopper, conversation)
    triage.settle(seller, [conversation.pk])
    withdraw(shopper, conversation.pk, 3)
    assert turn_of(conversation) == ("", None)


def test_a_question_that_was_settled_before_stays_settled(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    say(shopper, conversation)
    outcome = triage.settle(seller, [conversation.pk])
    say(shopper, conversation)
    withdraw(shopper, conversation.pk, 2)
    assert turn_of(conversation) == ("", None)
    say(seller, conversation)
    withdraw(seller, conversation.pk, 3)
    assert turn_of(conversation) == ("", None)
    assert outcome.undo


@pytest.mark.parametrize("by_shop", [True, False])
def test_an_answered_question_that_was_settled_stays_settled(
    by_shop: bool, conversation: Conversation, shopper: User, seller: User
) -> None:
    say(shopper, conversation)
    say(seller, conversation)
    triage.settle(seller, [conversation.pk])
    writer = seller if by_shop else shopper
    say(writer, conversation)
    withdraw(writer, conversation.pk, 3)
    assert turn_of(conversation) == ("", None)


def test_settling_an_answered_question_and_undoing_it_leaves_it_answered(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    say(shopper, conversation)
    answered = say(seller, conversation)
    triage.undo(seller, triage.settle(seller, [conversation.pk]).undo)
    say(shopper, conversation)
    withdraw(shopper, conversation.pk, 3)
    assert turn_of(conversation) == ("consumer", answered.created_at)


def test_a_question_waits_again_once_all_after_it_is_withdrawn(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    asked = say(shopper, conversation)
    say(seller, conversation)
    say(shopper, conversation)
    withdraw(seller, conversation.pk, 2)
    withdraw(shopper, conversation.pk, 3)
    assert turn_of(conversation) == ("seller", asked.created_at)


def test_an_undone_settlement_counts_no_longer(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    asked = say(shopper, conversation)
    triage.undo(seller, triage.settle(seller, [conversation.pk]).undo)
    say(seller, conversation)
    withdraw(seller, conversation.pk, 2)
    assert turn_of(conversation) == ("seller", asked.created_at)


def test_a_conversation_that_was_reopened_by_hand_still_waits(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    say(shopper, conversation)
    say(seller, conversation)
    triage.settle(seller, [conversation.pk])
    triage.reopen(seller, [conversation.pk])
    before = turn_of(conversation)
    assert before[0] == "seller"
    say(shopper, conversation)
    withdraw(shopper, conversation.pk, 3)
    assert turn_of(conversation) == before


def expected(conversation: Conversation) -> str:
    """Return the turn if the hidden messages had never been sent."""
    settled = [row.sequence for row in conversation.settlements.all()]
    turn = Turn()
    for message in conversation.messages.order_by("sequence"):
        if message.withdrawn_at is None:
            turn = after_message(turn, Side(message.side), message.created_at)
        if message.sequence in settled:
            turn = Turn()
    return turn.side


Act = tuple[str, int]


@settings(max_examples=tries(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.lists(
        some.tuples(
            some.sampled_from(["ask", "answer", "settle", "withdraw"]), some.integers(0, 3)
        ),
        max_size=14,
    )
)
def test_the_turn_is_as_if_hidden_messages_were_never_sent(
    shop: Shop, seller: User, acts: list[Act]
) -> None:
    rate_limits.reset()
    row: Conversation = ConversationFactory(consumer=UserFactory(), shop=shop)
    for act, place in acts:
        row = Conversation.objects.get(pk=row.pk)
        if act == "ask":
            MessageFactory(conversation=row)
        elif act == "answer":
            MessageFactory(conversation=row, sender=seller)
        elif act == "settle":
            triage.settle(seller, [row.pk])
        elif act == "withdraw":
            shown = Message.objects.filter(conversation=row, **NOT_HIDDEN).order_by("-sequence")
            for message in shown[place : place + 1]:
                withdraw(message.sender, row.pk, message.sequence)
        row.refresh_from_db()
        assert row.turn == expected(row)
        assert (row.waiting_since is None) == (row.turn == "")
    kept = queries.counts(access.scope_of(seller))
    orm.rebuild([shop.pk])
    assert queries.counts(access.scope_of(seller)) == kept
