"""Restrictions on muted, limited and suspended people, and what they can still do."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory
from messaging import actions
from messaging.decisions.actions import restore
from messaging.models import Conversation, Decision, Message, Sanction
from messaging.sanctions.actions import due
from messaging.sanctions.queries import unmuted
from tests.said import say
from trato.errors import Refused

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]


def over() -> None:
    """Let all sanctions begin and end in the past."""
    ago = timezone.now() - timedelta(minutes=1)
    Sanction.objects.update(ends_at=ago, starts_at=F("starts_at") - timedelta(days=4))


def test_a_muted_person_writes_nothing_and_reads_everything(
    ruled: Ruled, shopper: User, seller: User, said: Message, client_of: Any
) -> None:
    ruled(shopper, "mute")
    address = said.conversation.get_absolute_url()
    client = client_of(shopper)
    with pytest.raises(Refused) as refusal:
        say(shopper, said.conversation, "Hello?")
    assert refusal.value.code == "forbidden"
    assert "muted you until" in str(refusal.value.detail)
    page = client.get(address)
    assert page.status_code == 200
    assert "data-muted\n" in page.text
    assert "/conversations/standing/" in page.text
    answer = client.post(
        f"{address}new_message/",
        {"body": "Hello?", "client_id": uuid.uuid4()},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert Message.objects.count() == 1
    say(seller, said.conversation, "The other side still can")
    over()
    assert "data-muted\n" not in client.get(address).text
    assert say(shopper, said.conversation, "Hello?").sequence == 3


def test_the_refusal_is_in_the_persons_language(
    ruled: Ruled, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    ruled(shopper, "mute")
    client = client_of(shopper)
    client.cookies["django_language"] = "es"
    answer = client.post(
        f"{conversation.get_absolute_url()}new_message/",
        {"body": "Hola", "client_id": uuid.uuid4()},
        headers={"Accept": "application/json", "Accept-Language": "es"},
    )
    assert "te ha silenciado" in answer.json()["detail"]


def test_a_muted_person_starts_no_conversation(ruled: Ruled, shopper: User) -> None:
    product = ProductFactory()
    ruled(shopper, "mute")
    with pytest.raises(Refused) as refusal:
        actions.start_conversation(shopper, product=product)
    assert refusal.value.code == "forbidden"
    assert not Conversation.objects.exists()
    over()
    assert actions.start_conversation(shopper, product=product).pk


def test_a_limited_person_starts_few_conversations(ruled: Ruled, shopper: User) -> None:
    ruled(shopper, "limit")
    actions.start_conversation(shopper, product=ProductFactory(shop=ShopFactory()))
    with pytest.raises(Refused) as refusal:
        actions.start_conversation(shopper, product=ProductFactory(shop=ShopFactory()))
    assert refusal.value.code == "rate_limited"
    over()
    assert actions.start_conversation(shopper, product=ProductFactory(shop=ShopFactory())).pk


def test_a_limited_person_sends_few_messages_until_there_is_an_answer(
    ruled: Ruled, shopper: User, seller: User, conversation: Conversation, settings: Any
) -> None:
    settings.LIMITED_MESSAGES_PER_DAY = 2
    ruled(shopper, "limit")
    for number in range(2):
        say(shopper, conversation, f"Hello {number}")
    with pytest.raises(Refused) as refusal:
        say(shopper, conversation, "Hello?")
    assert refusal.value.code == "forbidden"
    say(seller, conversation, "Yes?")
    assert say(shopper, conversation, "Hello!").sequence == 4


def test_a_suspension_ends_by_itself(ruled: Ruled, shopper: User) -> None:
    ruled(shopper, "suspend")
    shopper.refresh_from_db()
    assert not shopper.is_active
    assert due(10) == 0
    over()
    assert due(10) == 1
    shopper.refresh_from_db()
    assert shopper.is_active
    assert due(10) == 0


def test_somebody_restored_by_hand_can_be_suspended_again(
    ruled: Ruled, shopper: User, moderator: User
) -> None:
    until = timezone.now() + timedelta(days=3)
    ruled(shopper, "suspend", ends_at=until)
    restore(moderator, shopper.pk, "Too early")
    ruled(shopper, "suspend", ends_at=until)
    shopper.refresh_from_db()
    assert not shopper.is_active


def test_a_shop_of_muted_people_sends_no_automatic_replies(ruled: Ruled, seller: User) -> None:
    assert unmuted([seller.pk]) == [seller.pk]
    ruled(seller, "mute")
    assert unmuted([seller.pk]) == []


def test_a_short_suspension_ends_although_an_earlier_one_was_for_good(
    ruled: Ruled, shopper: User, moderator: User
) -> None:
    ruled(shopper, "suspend", ends_at=None)
    restore(moderator, shopper.pk, "A mistake")
    ruled(shopper, "suspend", ends_at=timezone.now() + timedelta(days=1))
    Sanction.objects.filter(ends_at__isnull=False).update(
        ends_at=timezone.now() - timedelta(minutes=1), starts_at=F("starts_at") - timedelta(days=4)
    )
    due(10)
    shopper.refresh_from_db()
    assert shopper.is_active
