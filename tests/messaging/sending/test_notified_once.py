"""Notifications of a message that is unread for the whole shop; nobody is notified twice."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging import actions
from messaging.models import Conversation
from messaging.reading.actions import mark_read
from messaging.records import Sent
from notifications.actions import mark_all_read
from notifications.models import News, Notification
from tests.databases import own_database
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.messaging.sending.stores import attempt, stored
from tests.patience import PATIENCE
from tests.said import in_log
from tests.unread import unread_count

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.fixture
def say(shopper: User, conversation: Conversation) -> Callable[[], Sent]:
    """Send a message from the shopper; return it as it was stored."""

    def one() -> Sent:
        [sent] = stored([attempt(shopper, conversation, uuid.uuid4(), "Hello")])
        assert isinstance(sent, Sent), sent
        return sent

    return one


def versions() -> list[Any]:
    """Return the row version of each notification, as PostgreSQL counts versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, xmin, xmax FROM notifications_notification ORDER BY id")
        return list(cursor.fetchall())


def test_a_message_into_an_unread_conversation_touches_no_notification(
    say: Callable[[], Sent], seller: User, colleague: User
) -> None:
    assert sorted(say().badges) == sorted([seller.pk, colleague.pk])
    before = versions()
    assert list(say().badges) == []
    assert versions() == before
    assert News.objects.get().notifications.count() == 2
    assert [unread_count(person.pk) for person in (seller, colleague)] == [1, 1]


def test_only_those_who_have_read_are_told_again(
    say: Callable[[], Sent], seller: User, colleague: User, conversation: Conversation
) -> None:
    say()
    mark_read(seller, conversation.pk, 1)
    assert unread_count(seller.pk) == 0
    assert list(say().badges) == [seller.pk]
    assert [unread_count(person.pk) for person in (seller, colleague)] == [1, 1]
    assert list(say().badges) == []


def test_somebody_who_joins_is_told_once_the_time_is_over(
    say: Callable[[], Sent], seller: User, shop: Shop, settings: Any
) -> None:
    say()
    joined: User = UserFactory(seller=True)
    ShopMemberFactory(shop=shop, user=joined)
    assert list(say().badges) == []
    News.objects.update(told_at="2020-01-01T00:00Z")
    assert list(say().badges) == [joined.pk]
    assert unread_count(joined.pk) == 1


def test_who_reads_while_a_message_is_stored_is_told_of_it(
    say: Callable[[], Sent], seller: User, colleague: User, settings: Any
) -> None:
    """The send sees the notification as unread, but gets the lock on the news after the reader."""
    settings.SEND_LOCK_SECONDS = 30
    say()
    badges: list[int] = []
    with psycopg.connect(own_database()) as reading:
        reading.execute("UPDATE notifications_news SET told_at = NULL")
        reading.execute(
            "UPDATE notifications_notification SET read_at = now() WHERE recipient_id = %s",
            [seller.pk],
        )
        sending = threading.Thread(target=lambda: badges.extend(say().badges))
        sending.start()
        wait_until_somebody_waits_for_a_lock()
    sending.join(PATIENCE)
    assert badges == [seller.pk]
    assert [unread_count(person.pk) for person in (seller, colleague)] == [1, 1]
    assert not Notification.objects.exclude(read_at=None).exists()


def test_a_shop_that_nobody_works_for_is_told_as_soon_as_somebody_does(
    say: Callable[[], Sent], seller: User, colleague: User
) -> None:
    User.objects.filter(pk__in=[seller.pk, colleague.pk]).update(is_active=False)
    assert list(say().badges) == []
    User.objects.filter(pk=seller.pk).update(is_active=True)
    assert list(say().badges) == [seller.pk]


@pytest.mark.parametrize("way", ["statement", "request"])
def test_a_shopper_who_has_joined_the_shop_is_not_told_of_their_own_words(
    way: str, say: Callable[[], Sent], shopper: User, seller: User, colleague: User,
    shop: Shop, conversation: Conversation,
) -> None:  # fmt: skip
    ShopMemberFactory(shop=shop, user=shopper)
    User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
    if way == "statement":
        badges = say().badges
    else:
        sent = actions.send(shopper, conversation.pk, uuid.uuid4(), "Hello")
        badges = in_log(sent).badges
    assert sorted(badges) == sorted([seller.pk, colleague.pk])


def test_what_comes_while_all_is_marked_as_read_stays_unread(
    say: Callable[[], Sent], seller: User, settings: Any
) -> None:
    say()
    with psycopg.connect(own_database()) as sending:
        sending.execute("UPDATE notifications_news SET happened_at = clock_timestamp() + '1 s'")
        marking = threading.Thread(target=mark_all_read, args=(seller,))
        marking.start()
        wait_until_somebody_waits_for_a_lock()
    marking.join(PATIENCE)
    assert unread_count(seller.pk) == 1
