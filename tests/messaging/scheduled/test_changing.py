"""The team schedules, changes and cancels; nobody overwrites a colleague's change."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop, ShopMember
from messaging import access
from messaging.models import Conversation, Message, ScheduledMessage
from messaging.scheduled import actions, delivery
from trato.errors import Refused

pytestmark = pytest.mark.django_db

Schedule = Callable[..., ScheduledMessage]
State = ScheduledMessage.State


def change(actor: User, row: ScheduledMessage, **given: Any) -> ScheduledMessage:
    revision = given.pop("revision", row.revision)
    values = {name: getattr(row, name) for name in ("body", "send_at", "only_if_quiet")}
    plan = actions.Plan(**{**values, **given})
    return actions.change(actor, row.conversation_id, row.pk, revision, plan)


def test_a_repeated_client_id_is_one_row(schedule: Schedule) -> None:
    client_id = uuid.uuid4()
    assert schedule(client_id=client_id) == schedule(client_id=client_id)
    assert ScheduledMessage.objects.count() == 1


def test_other_words_under_a_used_client_id_are_a_conflict(schedule: Schedule) -> None:
    client_id = uuid.uuid4()
    schedule(client_id=client_id)
    with pytest.raises(Refused) as refusal:
        schedule(client_id=client_id, body="Other words")
    assert refusal.value.code == "conflict"


@pytest.mark.parametrize("offset", [timedelta(seconds=-1), timedelta(days=367)])
def test_times_in_the_past_or_far_ahead_are_refused(schedule: Schedule, offset: timedelta) -> None:
    with pytest.raises(Refused) as refusal:
        schedule(send_at=timezone.now() + offset)
    assert refusal.value.code == "invalid"
    assert not ScheduledMessage.objects.exists()


def test_a_conversation_has_room_for_so_many(schedule: Schedule, settings: Any) -> None:
    settings.SCHEDULED_PER_CONVERSATION = 1
    row = schedule()
    with pytest.raises(Refused) as refusal:
        schedule()
    assert refusal.value.code == "rate_limited"
    actions.cancel(row.author, row.conversation_id, row.pk)
    schedule()


def test_a_person_may_schedule_so_many(schedule: Schedule, settings: Any, colleague: User) -> None:
    settings.SCHEDULED_PER_PERSON = 1
    schedule()
    with pytest.raises(Refused):
        schedule()
    schedule(actor=colleague)


def test_what_is_cancelled_at_once_counts_too(schedule: Schedule, settings: Any) -> None:
    settings.SCHEDULED_PER_HOUR = 2
    for _ in range(2):
        row = schedule()
        actions.cancel(row.author, row.conversation_id, row.pk)
        with pytest.raises(Refused):
            schedule(body="")  # refused ones don't count
    with pytest.raises(Refused) as refusal:
        schedule()
    assert (refusal.value.code, bool(refusal.value.retry_after)) == ("rate_limited", True)
    assert ScheduledMessage.objects.count() == 2


def test_another_time_leaves_the_author(
    schedule: Schedule, colleague: User, seller: User, later: datetime
) -> None:
    row = change(colleague, schedule(), send_at=later + timedelta(hours=1))
    assert (row.author, row.send_at) == (seller, later + timedelta(hours=1))


def test_whoever_changes_the_words_becomes_the_author(schedule: Schedule, colleague: User) -> None:
    row = change(colleague, schedule(), body="Yes, all of it.")
    assert (row.author, row.body) == (colleague, "Yes, all of it.")


def test_a_colleague_takes_over_from_somebody_who_left(
    schedule: Schedule, seller: User, colleague: User, pass_time: Any, later: datetime
) -> None:
    row = schedule(actor=colleague)
    ShopMember.objects.filter(user=colleague).delete()
    pass_time()
    delivery.due()
    row.refresh_from_db()
    row = change(seller, row, send_at=later)
    assert (row.author, row.state, row.failure) == (seller, State.WAITING, "")
    pass_time()
    delivery.due()
    assert Message.objects.get(side="seller").sender == seller


def test_of_two_changes_the_second_is_a_conflict(schedule: Schedule, colleague: User) -> None:
    row = schedule()
    change(colleague, row, body="First")
    with pytest.raises(actions.Stale) as refusal:
        change(row.author, row, body="Second")
    assert refusal.value.row.body == "First"
    assert ScheduledMessage.objects.get().body == "First"


@pytest.mark.parametrize("act", ["send_now", "cancel"])
def test_what_is_over_cannot_be_changed(schedule: Schedule, act: str) -> None:
    row = schedule()
    getattr(actions, act)(row.author, row.conversation_id, row.pk)
    with pytest.raises(actions.Stale):
        change(row.author, row, body="Too late")


def test_a_cancelled_message_is_never_sent(schedule: Schedule, pass_time: Any) -> None:
    row = schedule()
    actions.cancel(row.author, row.conversation_id, row.pk)
    actions.cancel(row.author, row.conversation_id, row.pk)
    pass_time()
    assert delivery.due() == 0
    with pytest.raises(actions.Stale):
        actions.send_now(row.author, row.conversation_id, row.pk)


def test_a_sent_message_cannot_be_cancelled(schedule: Schedule, pass_time: Any) -> None:
    row = schedule()
    pass_time()
    delivery.due()
    with pytest.raises(actions.Stale):
        actions.cancel(row.author, row.conversation_id, row.pk)


def test_a_row_of_another_conversation_does_not_exist(
    schedule: Schedule, other_seller: User, seller: User
) -> None:
    row = schedule()
    for actor in (other_seller, seller):
        with pytest.raises(Http404):
            actions.cancel(actor, row.conversation_id + (actor is seller), row.pk)
    row.refresh_from_db()
    assert row.state == State.WAITING


def test_a_shopper_who_joins_the_shop_stays_a_shopper(
    schedule: Schedule, shopper: User, shop: Shop, asked: Conversation
) -> None:
    row = schedule()
    ShopMemberFactory(shop=shop, user=shopper)
    with pytest.raises(Http404):
        access.team_conversation_for(shopper, asked.pk)
    with pytest.raises(Http404):
        schedule(actor=shopper)
    assert ScheduledMessage.objects.get() == row
