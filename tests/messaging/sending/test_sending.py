"""Sending: a message is stored once, numbered without gaps, and is unread for the other side."""

import uuid

import pytest
import time_machine
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from messaging import actions
from messaging.models import Conversation, Message
from messaging.reading.actions import mark_read
from notifications.models import Notification
from tests.said import in_log, say
from tests.unread import unread_count
from trato.errors import Refused

pytestmark = pytest.mark.django_db


def test_messages_of_both_sides_are_numbered_without_a_gap(
    shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    sent = [say(person, conversation) for person in (shopper, seller, shopper, colleague)]
    assert [message.sequence for message in sent] == [1, 2, 3, 4]
    assert [message.revision for message in sent] == [1, 2, 3, 4]
    assert [message.side for message in sent] == ["consumer", "seller", "consumer", "seller"]


def test_a_repeated_client_id_returns_the_first_message(
    shopper: User, conversation: Conversation
) -> None:
    client_id = uuid.uuid4()
    first = actions.send(shopper, conversation.pk, client_id, "The first\nwords")
    for body in ("The first\nwords", " The first\r\nwords\n"):
        again = actions.send(shopper, conversation.pk, client_id, body)
        assert in_log(again).id == in_log(first).id
    assert Message.objects.get().body == "The first\nwords"


@pytest.mark.parametrize("body", ["Other words", "the first words", "", "x" * 5000, "nul\0"])
def test_a_client_id_with_other_words_is_a_conflict(
    shopper: User, conversation: Conversation, body: str
) -> None:
    client_id = uuid.uuid4()
    actions.send(shopper, conversation.pk, client_id, "The first words")
    with pytest.raises(Refused) as refusal:
        actions.send(shopper, conversation.pk, client_id, body)
    assert refusal.value.code == "conflict"
    assert Message.objects.get().body == "The first words"
    assert say(shopper, conversation, "Other words").sequence == 2


def test_two_people_may_choose_the_same_client_id(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    client_id = uuid.uuid4()
    actions.send(shopper, conversation.pk, client_id, "From the shopper")
    answer = actions.send(seller, conversation.pk, client_id, "From the seller")
    assert in_log(answer).body == "From the seller"
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "invalid"),
        (" \n\t ", "invalid"),
        ("\u200b\u2060", "invalid"),
        ("nul \0 inside", "invalid"),
        ("bell \x07", "invalid"),
        ("lone \ud800", "invalid"),
        ("x" * 4001, "too_long"),
    ],
)
def test_a_text_that_cannot_be_a_message_is_refused_and_nothing_is_stored(
    shopper: User, conversation: Conversation, body: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        say(shopper, conversation, body)
    assert refusal.value.code == code
    assert not Message.objects.exists()
    assert not Notification.objects.exists()
    conversation.refresh_from_db()
    assert conversation.last_sequence == conversation.revision == 0


@pytest.mark.parametrize("body", ["x" * 4000, "<b>not bold</b>", "línea\notra\tlínea", "🙂" * 4000])
def test_any_other_text_is_kept_to_the_letter(
    shopper: User, conversation: Conversation, body: str
) -> None:
    assert say(shopper, conversation, body).body == body


def test_line_breaks_of_any_system_become_one_kind(
    shopper: User, conversation: Conversation
) -> None:
    assert say(shopper, conversation, "one\r\ntwo\rthree").body == "one\ntwo\nthree"


def test_a_shoppers_message_is_unread_for_everybody_of_the_shop_and_nobody_else(
    shopper: User,
    seller: User,
    colleague: User,
    other_seller: User,
    former_colleague: User,
    conversation: Conversation,
) -> None:
    say(shopper, conversation)
    told = set(Notification.objects.values_list("recipient_id", flat=True))
    assert told == {seller.pk, colleague.pk}


def test_ten_messages_are_one_unread_notification(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    for number in range(10):
        say(shopper, conversation, f"Message {number}")
    assert unread_count(seller.pk) == 1
    notification = Notification.objects.get(recipient=seller)
    assert notification.news.excerpt == "Message 9"
    assert notification.news.url == conversation.get_absolute_url()


def test_an_answer_makes_the_thread_unread_again_for_the_shopper_alone(
    shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    say(shopper, conversation)
    mark_read(colleague, conversation.pk, 1)
    say(seller, conversation)
    assert unread_count(shopper.pk) == 1
    assert unread_count(colleague.pk) == 0


def test_the_thirty_first_message_in_a_minute_is_told_how_long_to_wait(
    shopper: User, seller: User, conversation: Conversation, settings: object
) -> None:
    with time_machine.travel(timezone.now(), tick=False):  # however long thirty of them take
        for _ in range(30):
            say(shopper, conversation)
        with pytest.raises(Refused) as refusal:
            say(shopper, conversation)
    assert refusal.value.code == "rate_limited"
    assert refusal.value.retry_after is not None
    assert 1 <= refusal.value.retry_after <= 60
    assert Message.objects.count() == 30
    say(seller, conversation)  # each person has a separate limit


def test_a_repeated_send_counts_for_no_limit(shopper: User, conversation: Conversation) -> None:
    client_id = uuid.uuid4()
    for _ in range(40):
        actions.send(shopper, conversation.pk, client_id, "Once")
    for _ in range(29):
        say(shopper, conversation)


@pytest.mark.parametrize("outsider", ["stranger", "other_seller", "former_colleague", "suspended"])
def test_who_takes_no_part_gets_the_answer_of_a_thing_that_does_not_exist(
    outsider: str, conversation: Conversation, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Http404):
        say(request.getfixturevalue(outsider), conversation)
    with pytest.raises(Http404):
        say(request.getfixturevalue(outsider), Conversation(pk=conversation.pk + 1000))
    assert not Message.objects.exists()


def test_a_suspended_shopper_cannot_send_with_a_stale_copy_of_the_account(
    shopper: User, conversation: Conversation
) -> None:
    stale = User.objects.get(pk=shopper.pk)
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    with pytest.raises(Http404):
        say(stale, conversation)


def test_a_seller_who_lost_the_role_cannot_send_for_the_shop(
    seller: User, conversation: Conversation
) -> None:
    stale = User.objects.get(pk=seller.pk)
    User.objects.filter(pk=seller.pk).update(role=User.Role.CONSUMER)
    with pytest.raises(Http404):
        say(stale, conversation)
