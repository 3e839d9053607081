"""A scheduled message is sent when it is due, or shown as failed with the reason."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.models import Shop, ShopMember
from messaging import actions as messaging
from messaging.host import host
from messaging.models import Conversation, Message, OpeningHours, ScheduledMessage
from messaging.scheduled import actions, delivery
from messaging.sending import orm
from notifications.models import Notification
from tests.rulings import rule
from tests.said import say
from trato.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

Schedule = Callable[..., ScheduledMessage]
State = ScheduledMessage.State
Failure = ScheduledMessage.Failure


def test_it_is_sent_in_the_name_of_its_author(
    schedule: Schedule, pass_time: Any, seller: User, shopper: User
) -> None:
    row = schedule()
    pass_time()
    assert delivery.due() == 1
    message = Message.objects.get(body=row.body)
    assert (message.sender, message.side) == (seller, "seller")
    assert Notification.objects.filter(recipient=shopper).exists()
    row.refresh_from_db()
    assert row.state == State.SENT


def test_it_quotes_what_its_author_quoted(schedule: Schedule, pass_time: Any) -> None:
    schedule(quote=1)
    pass_time()
    delivery.due()
    assert Message.objects.get(side="seller").quote == 1


@pytest.mark.parametrize("quote", [0, 2, 2**31 - 1])
def test_a_quote_of_another_conversation_is_refused(schedule: Schedule, quote: int) -> None:
    with pytest.raises(Refused, match="invalid"):
        schedule(quote=quote)
    assert not ScheduledMessage.objects.exists()


def test_another_quote_under_the_same_client_id_is_a_conflict(schedule: Schedule) -> None:
    first = schedule(quote=1, client_id=(key := uuid.uuid4()))
    assert schedule(quote=1, client_id=key) == first
    with pytest.raises(Refused, match="conflict"):
        schedule(client_id=key)


def test_before_its_time_nothing_is_sent(schedule: Schedule) -> None:
    schedule()
    assert delivery.due() == 0
    assert Message.objects.count() == 1


def test_it_is_sent_only_once(schedule: Schedule, pass_time: Any) -> None:
    schedule()
    pass_time()
    assert (delivery.due(), delivery.due()) == (1, 0)
    assert Message.objects.filter(side="seller").count() == 1


def test_of_many_no_more_than_the_limit_are_sent(schedule: Schedule, pass_time: Any) -> None:
    for _ in range(3):
        schedule()
    pass_time()
    assert (delivery.due(2), delivery.due(2)) == (2, 1)


def test_it_is_not_sent_if_the_shopper_wrote_first(
    schedule: Schedule, pass_time: Any, shopper: User, asked: Conversation
) -> None:
    row = schedule()
    say(shopper, asked, "Never mind, I've bought another.")
    pass_time()
    assert delivery.due() == 1
    row.refresh_from_db()
    assert (row.state, row.failure) == (State.FAILED, Failure.WROTE_FIRST)
    assert not Message.objects.filter(side="seller").exists()


def test_it_is_sent_anyway_if_so_chosen(
    schedule: Schedule, pass_time: Any, shopper: User, asked: Conversation
) -> None:
    schedule(only_if_quiet=False)
    say(shopper, asked, "And how big?")
    pass_time()
    delivery.due()
    assert Message.objects.filter(side="seller").exists()


def test_a_colleague_s_message_is_no_reason_not_to_send(
    schedule: Schedule, pass_time: Any, colleague: User, asked: Conversation
) -> None:
    schedule()
    say(colleague, asked, "One moment.")
    pass_time()
    delivery.due()
    assert Message.objects.filter(body="Yes, inside too.").exists()


@pytest.mark.parametrize("reason", ["left", "suspended"])
def test_it_is_not_sent_for_someone_who_is_gone(
    reason: str, schedule: Schedule, pass_time: Any, colleague: User
) -> None:
    row = schedule(actor=colleague)
    if reason == "left":
        ShopMember.objects.filter(user=colleague).delete()
    else:
        User.objects.filter(pk=colleague.pk).update(is_active=False)
    pass_time()
    delivery.due()
    row.refresh_from_db()
    assert (row.state, row.failure) == (State.FAILED, Failure.AUTHOR)
    assert not Message.objects.filter(side="seller").exists()


def test_it_is_not_sent_once_the_conversation_has_ended(
    schedule: Schedule, pass_time: Any, shopper: User
) -> None:
    row = schedule()
    deletion.delete_account(shopper.pk)
    pass_time()
    delivery.due()
    row.refresh_from_db()
    assert (row.state, row.failure) == (State.FAILED, Failure.ENDED)


def test_many_leave_their_author_free_to_write(
    schedule: Schedule, pass_time: Any, settings: Any, seller: User, asked: Conversation
) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    for _ in range(3):
        schedule()
    pass_time()
    assert delivery.due() == 3
    assert messaging.send(seller, asked.pk, uuid.uuid4(), "Anything else?")
    now = schedule()
    with pytest.raises(Refused) as refusal:  # the author sends this one by hand
        actions.send_now(seller, asked.pk, now.pk)
    assert refusal.value.code == "rate_limited"


def test_what_the_author_has_not_seen_counts_as_first(
    schedule: Schedule, pass_time: Any, shopper: User, asked: Conversation
) -> None:
    say(shopper, asked, "Never mind, I've bought another.")
    row = schedule(seen=1)
    pass_time()
    delivery.due()
    row.refresh_from_db()
    assert (row.state, row.failure) == (State.FAILED, Failure.WROTE_FIRST)
    row = schedule(seen=2)
    pass_time()
    delivery.due()
    row.refresh_from_db()
    assert row.state == State.SENT


def test_at_opening_time_waits_while_the_shop_is_closed(
    schedule: Schedule, pass_time: Any, shop: Shop
) -> None:
    row, other = schedule(is_at_opening=True), schedule(body="At this time, open or not.")
    today = timezone.localdate(timezone=ZoneInfo(host.shop_time_zone(shop)))
    days_off = {(today + timedelta(days=day)).isoformat(): "Stocktaking" for day in range(-1, 3)}
    OpeningHours.objects.create(shop=shop, week=[], days_off=days_off)
    pass_time()
    assert delivery.due() == 2
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state) == (State.WAITING, State.SENT)
    assert timezone.now() + timedelta(days=2) < row.send_at < timezone.now() + timedelta(days=3)
    OpeningHours.objects.all().delete()
    pass_time()
    assert delivery.due() == 1


def test_no_client_id_says_that_it_was_scheduled(schedule: Schedule, pass_time: Any) -> None:
    schedule()
    pass_time()
    delivery.due()
    assert Message.objects.get(side="seller").client_id.version == 4


def test_one_that_cannot_be_stored_does_not_stop_others(
    schedule: Schedule, pass_time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = schedule(body="Broken"), schedule(body="Fine")
    pass_time()
    store_one = orm.store_one

    def refuse(attempt: Any) -> Any:
        if attempt.body == "Broken":
            raise DatabaseError("no room")
        return store_one(attempt)

    monkeypatch.setattr(orm, "store_one", refuse)
    assert delivery.due() == 1
    broken.refresh_from_db()
    other.refresh_from_db()
    assert (broken.state, other.state) == (State.WAITING, State.SENT)
    monkeypatch.undo()
    assert delivery.due() == 1


def test_a_text_that_is_refused_later_is_shown_as_failed(
    schedule: Schedule, pass_time: Any, settings: Any
) -> None:
    row = schedule()
    settings.MESSAGE_MAX_CHARACTERS = 3
    pass_time()
    delivery.due()
    row.refresh_from_db()
    assert (row.state, row.failure) == (State.FAILED, Failure.REFUSED)


def test_the_same_text_sent_at_once_by_its_author_is_another_message(
    schedule: Schedule, pass_time: Any, seller: User, asked: Conversation
) -> None:
    client_id = uuid.uuid4()
    schedule(client_id=client_id)
    messaging.send(seller, asked.pk, client_id, "Other words")
    pass_time()
    delivery.due()
    assert Message.objects.filter(side="seller").count() == 2


def test_sending_now_sends_although_the_shopper_wrote_first(
    schedule: Schedule, shopper: User, colleague: User, seller: User, asked: Conversation
) -> None:
    row = schedule()
    say(shopper, asked, "Hello?")
    assert actions.send_now(colleague, asked.pk, row.pk) is not None
    assert Message.objects.get(side="seller").sender == seller
    assert actions.send_now(colleague, asked.pk, row.pk) is None
    assert delivery.due() == 0


def test_a_muted_colleague_sends_nothing_of_others_now(
    schedule: Schedule, colleague: User, moderator: User, asked: Conversation
) -> None:
    row = schedule()
    until = timezone.now() + timedelta(days=3)
    rule(moderator, colleague.pk, "mute", "Rude", ends_at=until)
    with pytest.raises(Refused, match="forbidden"):
        actions.send_now(colleague, asked.pk, row.pk)
    row.refresh_from_db()
    assert row.state == State.WAITING
    assert not Message.objects.filter(side="seller").exists()


def test_sending_now_is_refused_for_someone_who_is_gone(
    schedule: Schedule, seller: User, colleague: User, asked: Conversation
) -> None:
    row = schedule(actor=colleague)
    ShopMember.objects.filter(user=colleague).delete()
    with pytest.raises(Refused) as refusal:
        actions.send_now(seller, asked.pk, row.pk)
    assert refusal.value.code == "forbidden"
    assert not Message.objects.filter(side="seller").exists()
