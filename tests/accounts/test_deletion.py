"""Deleting an account: who may do it, what the site asks, and what is gone afterwards."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client

from accounts import actions, deletion, pictures
from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation, Message
from notifications.factories import NotificationFactory
from notifications.models import Notification
from tests.log_lines import Lines, written_lines
from tests.products import picture
from trato.deletion import parts
from trato.images.sanitize import Picture

from .acts import PASSWORD, confirm, prove, reauthenticate, sign_up
from .mails import subjects_sent

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/accounts/delete/"

written = pytest.fixture(written_lines)


@pytest.fixture
def client(shopper: User) -> Client:
    """The browser of a shopper who has just entered the password again."""
    prove(shopper)
    client = Client()
    client.post("/accounts/login/", {"login": shopper.email, "password": PASSWORD})
    reauthenticate(client)
    mail.outbox.clear()
    return client


def confirmed(client: Client) -> dict[str, str]:
    """Return the page's form, ticked."""
    page = client.get(ADDRESS).text
    mark = re.search(r'name="mark" value="([^"]+)"', page)
    assert mark
    return {"sure": "on", "mark": mark[1]}


def test_every_reference_to_a_person_says_what_deletion_does_with_it() -> None:
    user_model = get_user_model()
    references = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and not field.many_to_many and field.related_model is user_model
    }
    declared = [name for part in parts() for name in part.relations]
    assert sorted(declared) == sorted(references)


def test_nothing_says_whose_account_it_was(shopper: User, client: Client) -> None:
    with_picture = Picture(picture(), name="me.jpg")
    pictures.set_picture(shopper, with_picture)
    shopper.refresh_from_db()
    file = str(shopper.picture.name)
    NotificationFactory(recipient=shopper)
    form = confirmed(client)
    Authenticator.objects.create(user=shopper, type="recovery_codes", data={})
    answer = client.post(ADDRESS, form, follow=True)
    [(address, status)] = answer.redirect_chain
    assert (address.partition("?")[0], status) == ("/accounts/deleted/", 302)
    assert f'<trato-forget person="{shopper.pk}">' in answer.text
    assert "trato-forget" not in client.get("/accounts/deleted/?mark=made-up").text
    user = User.objects.get(pk=shopper.pk)
    assert (user.email, user.name) == (f"{user.pk}@deleted.invalid", "")
    assert not user.is_active
    assert not user.has_usable_password()
    assert not user.picture
    assert not default_storage.exists(file)
    for model in (EmailAddress, Authenticator, UserSession, Session, Notification):
        assert not model.objects.exists(), model


def test_a_mail_to_the_old_address_confirms_it(shopper: User, client: Client) -> None:
    client.post(ADDRESS, confirmed(client))
    assert subjects_sent() == {"lucia@example.com": ["[Trato] Your account is deleted"]}
    text = str(mail.outbox[0].body)
    assert "somebody may know your password" in text
    assert "- IP address: 127.0.0.1" in text
    assert "change was made to your account" not in text


def test_the_log_says_which_account_and_nothing_more(
    client: Client, shopper: User, conversation: Conversation, written: Lines
) -> None:
    MessageFactory(conversation=conversation, body="A secret")
    client.post(ADDRESS, confirmed(client))
    [line] = [line for line in written() if line["event"] == "account_deleted"]
    assert line["user"] == shopper.pk
    said = str(written()).lower()
    assert "lucia@" not in said
    assert "a secret" not in said


def test_without_the_tick_nothing_is_deleted(shopper: User, client: Client) -> None:
    answer = client.post(ADDRESS, {"mark": confirmed(client)["mark"]})
    assert answer.status_code == 400
    assert "Tick the box" in answer.text
    assert User.objects.get(pk=shopper.pk).deleted_at is None


def test_the_password_is_asked_first(shopper: User, client_of: Any) -> None:
    stolen = client_of(shopper)  # a session whose password nobody has just typed
    assert "/accounts/reauthenticate/" in stolen.get(ADDRESS)["Location"]
    stolen.post(ADDRESS, {"sure": "on"})
    assert User.objects.get(pk=shopper.pk).deleted_at is None
    reauthenticate(stolen)
    stolen.post(ADDRESS, confirmed(stolen))
    assert User.objects.get(pk=shopper.pk).deleted_at is not None


def test_a_visitor_is_asked_to_log_in(shopper: User) -> None:
    assert "/accounts/login/" in Client().get(ADDRESS)["Location"]
    assert Client(enforce_csrf_checks=True).post(ADDRESS, {"sure": "on"}).status_code == 403


def test_staff_are_told_that_they_cannot(moderator: User, client_of: Any) -> None:
    client = client_of(moderator)
    reauthenticate(client)
    page = client.get(ADDRESS)
    assert "You work for the site." in page.text
    assert 'name="sure"' not in page.text
    assert client.post(ADDRESS, {"sure": "on"}).status_code == 409
    with pytest.raises(deletion.Hindered):
        deletion.delete_account(moderator.pk)
    assert User.objects.get(pk=moderator.pk).deleted_at is None


def test_a_second_click_gets_the_same_page(client: Client) -> None:
    form = confirmed(client)
    first, again = (client.post(ADDRESS, form) for _ in range(2))
    for answer in (first, again):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/deleted/?mark=")
    assert len(mail.outbox) == 1
    assert client.post(ADDRESS, {"sure": "on", "mark": "made up"}).status_code == 401


def test_deleting_twice_does_nothing(shopper: User) -> None:
    assert deletion.delete_account(shopper.pk) is not None
    before = User.objects.get(pk=shopper.pk).deleted_at
    assert deletion.delete_account(shopper.pk) is None
    assert User.objects.get(pk=shopper.pk).deleted_at == before


def test_a_suspended_account_cannot_be_deleted(suspended: User) -> None:
    with pytest.raises(User.DoesNotExist):
        deletion.delete_account(suspended.pk)
    assert User.objects.get(pk=suspended.pk).deleted_at is None


def test_nobody_restores_a_deleted_account(shopper: User, moderator: User) -> None:
    deletion.delete_account(shopper.pk)
    assert not actions.may_switch(moderator, User.objects.get(pk=shopper.pk))


def test_the_address_is_free_for_a_new_account_without_a_past(
    shopper: User, conversation: Conversation, client: Client
) -> None:
    MessageFactory(conversation=conversation)
    client.post(ADDRESS, confirmed(client))
    again = Client()
    sign_up(again, "lucia@example.com", "slow-orchard-72")
    confirm(again, "lucia@example.com")
    assert User.objects.get(email="lucia@example.com").pk != shopper.pk
    assert again.get(conversation.get_absolute_url()).status_code == 404
    assert "Barro y Sal" not in again.get("/conversations/").text


def test_the_page_says_what_will_happen(
    seller: User, colleague: User, other_seller: User, client_of: Any
) -> None:
    for person, words in (
        (seller, "Make one of them an owner first."),
        (colleague, "You leave the team of Barro y Sal."),
        (other_seller, "North Loom closes."),
    ):
        client = client_of(person)
        reauthenticate(client)
        assert words in client.get(ADDRESS).text


def test_a_failure_deletes_nothing(
    shopper: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    MessageFactory(conversation=conversation, body="Hello")
    monkeypatch.setattr(deletion, "announce_access_changed", lambda user_id: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        deletion.delete_account(shopper.pk)
    assert User.objects.get(pk=shopper.pk).name == "Lucía Romero"
    assert Message.objects.get().body == "Hello"
