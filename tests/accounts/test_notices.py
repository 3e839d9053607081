"""Emails that notify people of changes to their account."""

from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from accounts.models import User
from tests.accounts.acts import confirm, follow_link, prove, reauthenticate, set_up_app

from .mails import MINE, PASSWORD, THEIRS, subjects_sent

pytestmark = pytest.mark.django_db


def test_both_addresses_hear_of_a_change(shopper: User, client_of: Any) -> None:
    prove(shopper)
    client = client_of(shopper)
    reauthenticate(client)
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    assert subjects_sent()[shopper.email] == ["[Trato] Your email is about to change"]
    assert "new@example.com" in mail.outbox[-1].body
    mail.outbox.clear()
    confirm(client, "new@example.com")
    assert User.objects.get(pk=shopper.pk).email == "new@example.com"
    assert subjects_sent() == {
        "lucia@example.com": ["[Trato] Email Changed"],
        "new@example.com": ["[Trato] Email Changed"],
    }


def test_the_owner_hears_of_a_password_that_was_changed_or_reset(
    shopper: User, client_of: Any
) -> None:
    prove(shopper)
    new = {"oldpassword": PASSWORD, "password1": MINE, "password2": MINE}
    client_of(shopper).post("/accounts/password/change/", new)
    assert subjects_sent()[shopper.email] == ["[Trato] Password Changed"]
    mail.outbox.clear()
    client = Client()
    client.post("/accounts/password/reset/", {"email": shopper.email})
    page = follow_link(client)
    client.post(page.request["PATH_INFO"], {"password1": THEIRS, "password2": THEIRS})
    assert subjects_sent()[shopper.email][1:] == ["[Trato] Password reset"]


@pytest.mark.django_db(transaction=True)
def test_the_owner_hears_of_a_second_factor_that_comes_or_goes(
    shopper: User, client_of: Any
) -> None:
    prove(shopper)
    client = client_of(shopper)
    set_up_app(client)
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert subjects_sent()[shopper.email] == [
        "[Trato] Authenticator App Activated",
        "[Trato] Authenticator App Deactivated",
    ]


def test_the_owner_hears_of_a_device_that_is_new_and_of_no_other(shopper: User) -> None:
    prove(shopper)
    known, form = Client(), {"login": shopper.email, "password": PASSWORD}
    known.post("/accounts/login/", form, headers={"user-agent": "Mozilla Firefox/1 Linux"})
    assert subjects_sent() == {shopper.email: ["[Trato] New login: was it you?"]}
    assert "Firefox · Linux" in mail.outbox[0].body
    known.post("/accounts/logout/")
    known.post("/accounts/login/", form)
    assert len(mail.outbox) == 1
    Client().post("/accounts/login/", form)
    assert len(mail.outbox) == 2


def test_a_notice_that_cannot_be_sent_stops_nothing(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(shopper)

    def away(self: Any, messages: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    form = {"login": shopper.email, "password": PASSWORD}
    assert Client().post("/accounts/login/", form).status_code == 302
