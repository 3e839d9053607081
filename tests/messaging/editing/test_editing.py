"""People can edit only their own text, for a while; everybody else sees the change immediately."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from catalog.models import Shop, ShopMember
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.models import Conversation, Message, MessageVersion
from messaging.records import Attempt
from messaging.sending import orm
from notifications.models import Notification
from tests.rulings import remove_message
from tests.said import in_log, say
from trato.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    return say(shopper, conversation, "Is it glzed?")


def grow_old(message: Message, age: timedelta) -> None:
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - age)


def refused(*values: Any, act: Any = edit) -> str:
    before = list(Message.objects.order_by("pk").values())
    with pytest.raises(Refused) as refusal:
        act(*values)
    assert list(Message.objects.order_by("pk").values()) == before
    assert str(refusal.value.detail)
    return refusal.value.code


def test_an_edit_keeps_the_earlier_words_and_counts_as_one_change(
    shopper: User, said: Message
) -> None:
    message, changed = edit(shopper, said.conversation_id, 1, " Is it glazed?\r\n")
    assert (changed, message.body, message.revision) == (True, "Is it glazed?", 2)
    edit(shopper, said.conversation_id, 1, "Is it glazed inside?")
    said.refresh_from_db()
    assert (said.body, said.revision, said.sequence) == ("Is it glazed inside?", 3, 1)
    assert Conversation.objects.get().revision == 3
    versions = MessageVersion.objects.order_by("number").values_list("number", "body")
    assert list(versions) == [(1, "Is it glzed?"), (2, "Is it glazed?")]


def test_the_same_words_change_nothing(shopper: User, said: Message) -> None:
    message, changed = edit(shopper, said.conversation_id, 1, "Is it glzed? ")
    assert (changed, message.revision, message.edited_at) == (False, 1, None)
    assert not MessageVersion.objects.exists()


def test_after_an_answer_it_can_still_be_edited_and_the_turn_stays(
    shopper: User, seller: User, said: Message
) -> None:
    say(seller, said.conversation, "Yes")
    before = Conversation.objects.values("turn", "waiting_since", "last_message_at").get()
    unread = list(Notification.objects.values("recipient", "read_at"))
    edit(shopper, said.conversation_id, 1, "Is it glazed?")
    assert Conversation.objects.values("turn", "waiting_since", "last_message_at").get() == before
    assert list(Notification.objects.values("recipient", "read_at")) == unread


@pytest.mark.parametrize(
    ("body", "code"), [("", "invalid"), (" \n", "invalid"), ("x" * 4001, "too_long")]
)
def test_words_that_could_not_be_sent_are_refused(
    body: str, code: str, shopper: User, said: Message
) -> None:
    assert refused(shopper, said.conversation_id, 1, body) == code


@pytest.mark.parametrize(
    ("age", "is_possible"), [(timedelta(minutes=14), True), (timedelta(minutes=16), False)]
)
def test_there_are_fifteen_minutes_to_edit(
    age: timedelta, is_possible: bool, shopper: User, said: Message
) -> None:
    grow_old(said, age)
    if is_possible:
        assert edit(shopper, said.conversation_id, 1, "Later")[1]
    else:
        assert refused(shopper, said.conversation_id, 1, "Later") == "forbidden"


@pytest.mark.parametrize(
    ("age", "is_possible"), [(timedelta(hours=23), True), (timedelta(hours=25), False)]
)
def test_there_are_twenty_four_hours_to_withdraw(
    age: timedelta, is_possible: bool, shopper: User, said: Message
) -> None:
    grow_old(said, age)
    if is_possible:
        assert withdraw(shopper, said.conversation_id, 1)[1]
    else:
        assert refused(shopper, said.conversation_id, 1, act=withdraw) == "forbidden"


@pytest.mark.parametrize("act", ["edit", "withdraw"])
@pytest.mark.parametrize("person", ["seller", "colleague"])
def test_only_the_sender_changes_a_message_not_even_a_colleague(
    act: str, person: str, request: pytest.FixtureRequest, seller: User, said: Message
) -> None:
    answer = say(seller, said.conversation, "Yes")
    sequence = answer.sequence if person == "colleague" else 1
    user = request.getfixturevalue(person)
    values = (user, said.conversation_id, sequence)
    code = refused(*values, "Mine", act=edit) if act == "edit" else refused(*values, act=withdraw)
    assert code == "forbidden"


def test_a_message_that_does_not_exist_is_not_found(shopper: User, said: Message) -> None:
    for sequence in (0, 2, 10**6):
        with pytest.raises(Http404):
            edit(shopper, said.conversation_id, sequence, "Mine")
        with pytest.raises(Http404):
            withdraw(shopper, said.conversation_id, sequence)


def test_who_has_left_the_shop_or_is_suspended_changes_nothing(
    colleague: User, shopper: User, shop: Shop, conversation: Conversation
) -> None:
    answer, question = say(colleague, conversation, "Yes"), say(shopper, conversation)
    ShopMember.objects.filter(user=colleague).delete()
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    for user, message in ((colleague, answer), (shopper, question)):
        with pytest.raises(Http404):
            edit(user, conversation.pk, message.sequence, "Mine")
        with pytest.raises(Http404):
            withdraw(user, conversation.pk, message.sequence)


def test_nobody_changes_what_the_shop_sent_automatically(
    seller: User, conversation: Conversation
) -> None:
    orm.store_one(
        Attempt(
            sender=seller,
            conversation_id=conversation.pk,
            client_id=uuid.uuid4(),
            body="We are closed",
            is_automatic=True,
            sender_name=conversation.shop_name,
        )
    )
    assert refused(seller, conversation.pk, 1, "We are open") == "forbidden"
    assert refused(seller, conversation.pk, 1, act=withdraw) == "forbidden"


def test_what_is_withdrawn_or_removed_is_not_edited(
    shopper: User, moderator: User, said: Message
) -> None:
    other = say(shopper, said.conversation, "Call me")
    withdraw(shopper, said.conversation_id, 1)
    remove_message(moderator, other.pk, "phone")
    assert refused(shopper, said.conversation_id, 1, "Back") == "forbidden"
    assert refused(shopper, said.conversation_id, 2, "Back") == "forbidden"
    assert refused(shopper, said.conversation_id, 2, act=withdraw) == "forbidden"


def test_withdrawing_twice_changes_it_once(shopper: User, said: Message) -> None:
    assert withdraw(shopper, said.conversation_id, 1)[1] is True
    message, changed = withdraw(shopper, said.conversation_id, 1)
    assert (changed, message.revision) == (False, 2)


def test_in_an_ended_conversation_words_are_withdrawn_but_not_edited(
    shopper: User, said: Message
) -> None:
    Conversation.objects.update(ended_at=timezone.now())
    assert refused(shopper, said.conversation_id, 1, "Is it glazed?") == "forbidden"
    assert withdraw(shopper, said.conversation_id, 1)[1]


def test_too_many_changes_are_refused_and_the_same_words_do_not_count(
    shopper: User, said: Message, settings: Any
) -> None:
    settings.MESSAGE_CHANGES_PER_MINUTE = 2
    edit(shopper, said.conversation_id, 1, "one")
    edit(shopper, said.conversation_id, 1, "one")
    edit(shopper, said.conversation_id, 1, "two")
    assert refused(shopper, said.conversation_id, 1, "three") == "rate_limited"


def test_notifications_say_what_it_says_now(shopper: User, seller: User, said: Message) -> None:
    def excerpt() -> str:
        return Notification.objects.get(recipient=seller).news.excerpt

    edit(shopper, said.conversation_id, 1, "Is it glazed?")
    assert excerpt() == "Is it glazed?"
    say(shopper, said.conversation, "Is it glazed?")
    edit(shopper, said.conversation_id, 1, "Never mind")
    assert excerpt() == "Is it glazed?"  # the later message says so
    withdraw(shopper, said.conversation_id, 2)
    assert excerpt() == ""


def test_the_other_sides_same_words_stay_in_its_notification(
    shopper: User, seller: User, said: Message
) -> None:
    say(seller, said.conversation, "Thanks")
    say(shopper, said.conversation, "Thanks")
    edit(shopper, said.conversation_id, 3, "Thank you")
    news = {one.recipient_id: one.news.excerpt for one in Notification.objects.all()}
    assert news == {seller.pk: "Thank you", shopper.pk: "Thanks"}


def test_the_search_finds_the_new_words_and_not_the_old(
    shopper: User, said: Message, client_of: Any
) -> None:
    def matches(words: str) -> int:
        answer = client_of(shopper).get(f"/conversations/?q={words}")
        return int(answer.text.count("inbox__preview--match"))

    edit(shopper, said.conversation_id, 1, "Is it glazed?")
    assert (matches("glzed"), matches("glazed")) == (0, 1)
    withdraw(shopper, said.conversation_id, 1)
    assert matches("glazed") == 0


def test_a_repeated_send_after_an_edit_finds_the_message_as_it_is(
    shopper: User, conversation: Conversation
) -> None:
    client_id = uuid.uuid4()
    actions.send(shopper, conversation.pk, client_id, "Is it glzed?")
    edit(shopper, conversation.pk, 1, "Is it glazed?")
    again = in_log(actions.send(shopper, conversation.pk, client_id, "Is it glzed?"))
    assert (again.sequence, again.body, again.edited) == (1, "Is it glazed?", True)
    with pytest.raises(Refused) as refusal:
        actions.send(shopper, conversation.pk, client_id, "Is it glazed?")
    assert refusal.value.code == "conflict"
