"""The rows that `manage.py purge_expired` deletes, and those that it keeps."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from accounts.retention import RULES
from catalog.factories import ProductFactory, ShopFactory, TeamInvitationFactory
from catalog.models import ProductImage, Shop, TeamInvitation
from messaging.actions import start_conversation
from messaging.factories import ConversationFactory
from notifications.factories import NotificationFactory
from notifications.models import News, Notification
from tests.databases import own_database
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
from tests.products import ProductImageFactory
from trato.retention import Rule, purge

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=1000)


def run(*words: str) -> str:
    output = io.StringIO()
    call_command("purge_expired", *words, stdout=output)
    return output.getvalue()


def session(key: str, **age: int) -> Session:
    until = timezone.now() - timedelta(**age)
    return Session.objects.create(session_key=key, session_data="", expire_date=until)


def signed_up(email: str, *, verified: bool = False, joined: Any = LONG_AGO, **fields: Any) -> User:
    user = UserFactory(email=email, date_joined=joined, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def notification(person: User, number: int, *, read_at: Any, happened_at: Any) -> Notification:
    made: Notification = NotificationFactory(
        recipient=person, news__subject_id=number, news__happened_at=happened_at, read_at=read_at
    )
    return made


def test_without_being_told_it_deletes_nothing_and_says_what_it_would() -> None:
    session("old", days=30)
    signed_up("ghost@example.com")
    said = run()
    assert "1 expired sessions" in said
    assert "1 accounts that were never verified" in said
    assert "Nothing was deleted" in said
    assert Session.objects.exists()
    assert User.objects.exists()


def test_invitations_go_some_time_after_they_have_expired(seller: User, settings: Any) -> None:
    shop, days = ShopFactory(owner=seller), settings.EXPIRED_INVITATIONS_KEEP_DAYS
    for age in (-1, days - 1, days + 1):
        until = timezone.now() - timedelta(days=age)
        TeamInvitationFactory(shop=shop, email=f"{age}@example.com", expires_at=until)
    assert "1 invitations to teams that have expired deleted" in run("--delete")
    left = TeamInvitation.objects.values_list("email", flat=True)
    assert set(left) == {"-1@example.com", f"{days - 1}@example.com"}


def test_expired_sessions_go_and_valid_ones_stay() -> None:
    session("old", days=30)
    session("valid", days=-1)
    assert "1 expired sessions deleted" in run("--delete")
    assert list(Session.objects.values_list("pk", flat=True)) == ["valid"]


def test_what_is_known_of_a_device_goes_with_its_session(shopper: User) -> None:
    session("valid", days=-1)
    for key in ("valid", "over"):
        UserSession.objects.create(user=shopper, session_key=key, ip="192.0.2.7", user_agent="x")
    run("--delete")
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["valid"]


@pytest.mark.parametrize(
    ("change", "goes"),
    [
        ({}, True),
        ({"verified": True}, False),
        ({"joined": timezone.now()}, False),
        ({"last_login": timezone.now()}, False),
        ({"is_staff": True}, False),
        ({"is_active": False}, False),
    ],
)
def test_accounts_go_that_nobody_ever_confirmed(change: dict[str, Any], goes: bool) -> None:
    user = signed_up("ghost@example.com", **change)
    run("--delete")
    assert User.objects.filter(pk=user.pk).exists() is not goes


def test_a_person_without_any_address_row_stays(shopper: User) -> None:
    """Like a person created by `createsuperuser`."""
    User.objects.update(date_joined=LONG_AGO)
    run("--delete")
    assert User.objects.filter(pk=shopper.pk).exists()


def test_an_account_that_something_refers_to_is_kept_and_the_others_go() -> None:
    people = [signed_up(f"ghost{number}@example.com") for number in range(3)]
    ConversationFactory(consumer=people[1], product=ProductFactory())
    assert "2 accounts that were never verified deleted, 1 kept" in run("--delete")
    assert list(User.objects.filter(email__startswith="ghost")) == [people[1]]


def test_the_name_of_a_shop_is_free_again_when_its_account_was_never_verified() -> None:
    ghost = signed_up("ghost@example.com", seller=True)
    ShopFactory(name="Squatted", slug="squatted", owner=ghost)
    used = ShopFactory(name="In use", slug="in-use", owner=signed_up("g2@example.com", seller=True))
    ProductFactory(shop=used)
    Shop.objects.update(created_at=LONG_AGO)
    run("--delete")
    assert not Shop.objects.filter(slug="squatted").exists()
    assert Shop.objects.filter(slug="in-use").exists()


def test_a_shops_picture_goes_with_it_and_only_then(
    django_capture_on_commit_callbacks: Any,
) -> None:
    kept, gone = (
        ShopFactory(picture=ContentFile(b"x", name=f"{name}.jpg")) for name in ("kept", "gone")
    )
    ProductFactory(shop=kept)
    Shop.objects.update(created_at=LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):
        run("--delete")
    assert default_storage.exists(kept.picture.name)
    assert not default_storage.exists(gone.picture.name)


def test_old_notifications_go_sooner_if_they_were_read(shopper: User, settings: Any) -> None:
    now = timezone.now()
    read = now - timedelta(days=settings.READ_NOTIFICATIONS_KEEP_DAYS + 1)
    unread = now - timedelta(days=settings.UNREAD_NOTIFICATIONS_KEEP_DAYS + 1)
    notification(shopper, 1, read_at=read, happened_at=read)
    notification(shopper, 2, read_at=now, happened_at=read)
    notification(shopper, 3, read_at=None, happened_at=read)
    notification(shopper, 4, read_at=None, happened_at=unread)
    run("--delete")
    assert sorted(Notification.objects.values_list("news__subject_id", flat=True)) == [2, 3]
    assert sorted(News.objects.values_list("subject_id", flat=True)) == [2, 3]


def purge_patiently() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")  # as for every command
        run("--delete")
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_notifications_are_purged_in_the_order_in_which_sends_lock_them(
    shopper: User, stranger: User
) -> None:
    later = notification(shopper, 2, read_at=LONG_AGO, happened_at=LONG_AGO).news
    earlier = notification(stranger, 1, read_at=LONG_AGO, happened_at=LONG_AGO).news
    row = "SELECT FROM notifications_news WHERE id = %s FOR UPDATE"
    with psycopg.connect(own_database()) as send, ThreadPoolExecutor(1) as pool:
        send.execute(row, [earlier.pk])
        purging = pool.submit(purge_patiently)
        wait_until_somebody_waits_for_a_lock()
        assert Notification.objects.count() == 2  # not deleted before their news are locked
        send.execute(f"{row} NOWAIT", [later.pk])  # otherwise each would wait for the other
        send.rollback()
        purging.result(PATIENCE)
    assert not Notification.objects.exists()


def test_each_batch_is_a_transaction_of_its_own() -> None:
    for number in range(5):
        session(f"old-{number}", days=30)
    rule = next(rule for rule in RULES if rule.name == "expired sessions")
    batches = purge(rule, batch_rows=2)
    assert next(batches) == (2, 0)
    assert Session.objects.count() == 3
    assert list(batches) == [(2, 0), (1, 0)]
    assert not Session.objects.exists()


def test_who_confirms_while_accounts_are_purged_keeps_the_account() -> None:
    user = signed_up("late@example.com")
    [rule] = [rule for rule in RULES if "verified" in rule.name]

    def confirm_first(keys: Any) -> None:
        EmailAddress.objects.filter(user__in=keys).update(verified=True)

    late = Rule(rule.name, rule.expired, confirm_first)
    assert list(purge(late, batch_rows=10)) == [(0, 0)]
    assert User.objects.filter(pk=user.pk).exists()
    with transaction.atomic():
        rule.before([user.pk])


def test_a_removed_picture_goes_with_its_file_once_no_conversation_shows_it(
    shopper: User, django_capture_on_commit_callbacks: Any
) -> None:
    shown, unseen, fresh, kept = (ProductImageFactory() for _ in range(4))
    start_conversation(shopper, product=shown.product)
    for image in (shown, unseen):
        ProductImage.objects.filter(pk=image.pk).update(removed_at=LONG_AGO)
    ProductImage.objects.filter(pk=fresh.pk).update(removed_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert "1 pictures that were removed from their product deleted" in run("--delete")
    left = [shown, fresh, kept]
    assert list(ProductImage.with_removed.order_by("pk")) == left
    for image in (*left, unseen):
        assert image.file.storage.exists(str(image.file.name)) == (image in left)
