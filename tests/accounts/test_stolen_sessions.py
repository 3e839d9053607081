"""The limits of a stolen session, or of a link from another site."""

import time
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import User
from tests.accounts.acts import follow_link, prove, reauthenticate, set_up_app, sign_up

from .mails import MINE, PASSWORD, THEIRS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("email/", {"action_add": "", "email": "evil@example.com"}),
        ("sessions/", {}),
        ("2fa/totp/activate/", {"code": "123456"}),
        ("2fa/webauthn/add/", {"credential": "{}"}),
        ("2fa/recovery-codes/generate/", {}),
    ],
)
def test_what_matters_asks_for_the_password(
    path: str, form: dict[str, str], shopper: User, client_of: Any
) -> None:
    prove(shopper)
    other = client_of(None)
    other.post("/accounts/login/", {"login": shopper.email, "password": PASSWORD})
    client = client_of(shopper)
    answer = client.post(f"/accounts/{path}", form)
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert EmailAddress.objects.filter(user=shopper).count() == 1
    assert not Authenticator.objects.exists()
    assert other.get("/conversations/").status_code == 200


def test_what_was_posted_goes_on_after_the_password(shopper: User, client_of: Any) -> None:
    prove(shopper)
    client = client_of(shopper)
    asked = client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    wrong = client.post(asked.headers["Location"], {"password": "wrong"})
    assert "field__error" in wrong.text
    assert not EmailAddress.objects.filter(email="new@example.com").exists()
    client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/accounts/email/"})
    assert EmailAddress.objects.filter(user=shopper, email="new@example.com").exists()


def test_the_other_sessions_end_after_the_password(shopper: User, client_of: Any) -> None:
    prove(shopper)
    other = client_of(None)
    other.post("/accounts/login/", {"login": shopper.email, "password": PASSWORD})
    client = client_of(shopper)
    reauthenticate(client)
    assert client.post("/accounts/sessions/").status_code == 302
    assert other.get("/conversations/").status_code == 302
    assert client.get("/conversations/").status_code == 200


def test_this_device_is_listed_first(shopper: User, client_of: Any) -> None:
    prove(shopper)
    clients = [client_of(None) for _ in range(3)]
    for client in clients:
        client.post("/accounts/login/", {"login": shopper.email, "password": PASSWORD})
    keys = [one.session_key for one in clients[1].get("/accounts/sessions/").context["sessions"]]
    assert keys == [clients[place].session.session_key for place in (1, 2, 0)]


def test_a_session_sets_no_password_where_there_is_none(shopper: User, client_of: Any) -> None:
    shopper.set_unusable_password()
    shopper.save()
    new = {"password1": MINE, "password2": MINE}
    answer = client_of(shopper).post("/accounts/password/set/", new)
    assert answer.headers["Location"] == "/accounts/password/reset/"
    assert not User.objects.get(pk=shopper.pk).has_usable_password()


def test_a_link_of_somebody_elses_mail_logs_nobody_out(shopper: User, client_of: Any) -> None:
    sign_up(Client(), "nora@example.com", THEIRS)
    other = User.objects.get(email="nora@example.com")
    client = client_of(shopper)
    key = EmailConfirmationHMAC(EmailAddress.objects.get(user=other)).key
    assert client.get(f"/accounts/confirm-email/{key}/").status_code == 200
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "nora@example.com"})
    page = follow_link(client)
    assert client.get("/conversations/").status_code == 200
    assert client.session["_auth_user_id"] == str(shopper.pk)
    assert client.post(page.request["PATH_INFO"], {"password1": MINE, "password2": MINE})
    assert client.session["_auth_user_id"] == str(other.pk)


def test_the_code_that_set_an_app_up_is_used_up(shopper: User, client_of: Any) -> None:
    prove(shopper)
    with time_machine.travel(time.time(), tick=False):
        _secret, code = set_up_app(client_of(shopper))
        app = TOTP(Authenticator.objects.get(type="totp"))
        assert not app.validate_code(code)


def test_a_new_password_is_announced_however_it_was_set(
    shopper: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told_of: list[int] = []
    monkeypatch.setattr("accounts.models.announce_access_changed", told_of.append)
    shopper.set_password(MINE)
    shopper.save()
    assert told_of == [shopper.pk]
    UserFactory(name="Other")
    shopper.save()
    assert told_of == [shopper.pk]
