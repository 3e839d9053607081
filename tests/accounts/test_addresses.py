"""E-mail addresses: whose they are, what may be done with them, and what is mailed to whom."""

import re
import time
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import User
from tests.accounts.acts import confirm, follow_link, prove, reauthenticate, set_up_app, sign_up

pytestmark = pytest.mark.django_db

PASSWORD = "trato-demo"
THEIRS, MINE = "slow-orchard-72", "quick-meadow-19"


def told() -> dict[str, list[str]]:
    """The subjects of the mails, by whom they went to."""
    subjects: dict[str, list[str]] = {}
    for sent in mail.outbox:
        subjects.setdefault(sent.to[0], []).append(str(sent.subject))
    return subjects


# -- signing up with somebody else's address ---------------------------------------------------


def test_the_password_of_a_stranger_does_not_survive_the_owners_confirmation() -> None:
    attacker, owner = Client(), Client()
    sign_up(attacker, "nora@example.com", THEIRS)
    sign_up(owner, "nora@example.com", MINE)  # within the mail's three minutes: no second mail
    assert len(mail.outbox) == 1
    chosen = confirm(owner, "nora@example.com")
    assert "/password/reset/key/" in chosen.request["PATH_INFO"]
    assert "Now choose your password" in chosen.text
    user = User.objects.get(email="nora@example.com")
    assert not user.has_usable_password()
    follow = {"password1": MINE, "password2": MINE}
    assert owner.post(chosen.request["PATH_INFO"], follow).status_code == 302
    assert owner.get("/conversations/").status_code == 200
    attacker.post("/accounts/login/", {"login": "nora@example.com", "password": THEIRS})
    assert attacker.get("/conversations/").status_code == 302


def test_who_confirms_where_they_signed_up_keeps_the_password_and_is_in() -> None:
    client = Client()
    sign_up(client, "nora@example.com", MINE)
    confirm(client, "nora@example.com")
    assert User.objects.get(email="nora@example.com").check_password(MINE)
    assert client.get("/conversations/").status_code == 200


def test_who_has_typed_the_password_here_keeps_it() -> None:
    sign_up(Client(), "nora@example.com", MINE)
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "nora@example.com", "password": MINE})
    confirm(elsewhere, "nora@example.com")
    assert User.objects.get(email="nora@example.com").check_password(MINE)
    assert elsewhere.get("/conversations/").status_code == 200


def test_the_owner_gets_in_by_mail_whoever_signed_up_first() -> None:
    sign_up(Client(), "nora@example.com", THEIRS)
    mail.outbox.clear()
    owner = Client()
    owner.post("/accounts/password/reset/", {"email": "nora@example.com"})
    page = follow_link(owner)
    owner.post(page.request["PATH_INFO"], {"password1": MINE, "password2": MINE})
    assert owner.get("/conversations/").status_code == 200
    assert EmailAddress.objects.get(email="nora@example.com").verified


# -- an address that somebody wants to change to -----------------------------------------------


def want(user: User, email: str) -> EmailAddress:
    prove(user)
    pending: EmailAddress = EmailAddress.objects.create(user=user, email=email)
    return pending


def test_a_pending_change_does_not_block_the_owners_sign_up(shopper: User) -> None:
    want(shopper, "nora@example.com")
    client = Client()
    sign_up(client, "nora@example.com", MINE)
    confirm(client, "nora@example.com")
    assert client.get("/conversations/").status_code == 200
    assert User.objects.get(email="nora@example.com").pk != shopper.pk
    assert not EmailAddress.objects.filter(user=shopper, email="nora@example.com").exists()
    assert User.objects.get(pk=shopper.pk).email == "lucia@example.com"


def test_a_mail_of_a_pending_change_does_not_stop_the_one_of_the_owners_sign_up(
    shopper: User, client_of: Any
) -> None:
    other, owner = client_of(shopper), Client()
    prove(shopper)
    reauthenticate(other)
    other.post("/accounts/email/", {"action_add": "", "email": "nora@example.com"})
    sign_up(owner, "nora@example.com", MINE)
    assert len(told()["nora@example.com"]) == 2
    link = re.findall(r"http://shop.test(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    assert owner.post(link[0]).status_code == 302
    assert owner.get("/conversations/").status_code == 200


def test_a_sign_up_that_nobody_proved_does_not_block_the_owners_change(shopper: User) -> None:
    sign_up(Client(), "nora@example.com", THEIRS)
    squatter = User.objects.get(email="nora@example.com")
    address = want(shopper, "nora@example.com")
    assert confirm(Client(), address).status_code == 200
    assert User.objects.get(pk=shopper.pk).email == "nora@example.com"
    assert User.objects.get(pk=squatter.pk).email != "nora@example.com"


def test_an_account_that_is_in_use_keeps_its_address(shopper: User, stranger: User) -> None:
    Client().force_login(stranger)  # has been in, though the address was never proven
    address = want(shopper, stranger.email)
    confirm(Client(), address)
    assert User.objects.get(pk=shopper.pk).email == "lucia@example.com"
    assert User.objects.get(pk=stranger.pk).email == "ana@example.com"


def test_a_pending_address_does_not_get_the_password_of_the_account(shopper: User) -> None:
    want(shopper, "nora@example.com")
    Client().post("/accounts/password/reset/", {"email": "nora@example.com"})
    assert "password/reset/key" not in mail.outbox[0].body
    Client().post("/accounts/password/reset/", {"email": shopper.email})
    assert "password/reset/key" in mail.outbox[1].body


# -- what a stolen session is good for ---------------------------------------------------------


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


def test_a_session_sets_no_password_where_there_is_none(shopper: User, client_of: Any) -> None:
    shopper.set_unusable_password()
    shopper.save()
    new = {"password1": MINE, "password2": MINE}
    answer = client_of(shopper).post("/accounts/password/set/", new)
    assert answer.headers["Location"] == "/accounts/password/reset/"
    assert not User.objects.get(pk=shopper.pk).has_usable_password()


# -- notices -----------------------------------------------------------------------------------


def test_both_addresses_hear_of_a_change(shopper: User, client_of: Any) -> None:
    prove(shopper)
    client = client_of(shopper)
    reauthenticate(client)
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    assert told()[shopper.email] == ["[Trato] Your email is about to change"]
    assert "new@example.com" in mail.outbox[-1].body
    mail.outbox.clear()
    confirm(client, "new@example.com")
    assert User.objects.get(pk=shopper.pk).email == "new@example.com"
    assert told() == {
        "lucia@example.com": ["[Trato] Email Changed"],
        "new@example.com": ["[Trato] Email Changed"],
    }


def test_the_owner_hears_of_a_password_that_was_changed_or_reset(
    shopper: User, client_of: Any
) -> None:
    prove(shopper)
    new = {"oldpassword": PASSWORD, "password1": MINE, "password2": MINE}
    client_of(shopper).post("/accounts/password/change/", new)
    assert told()[shopper.email] == ["[Trato] Password Changed"]
    mail.outbox.clear()
    client = Client()
    client.post("/accounts/password/reset/", {"email": shopper.email})
    page = follow_link(client)
    client.post(page.request["PATH_INFO"], {"password1": THEIRS, "password2": THEIRS})
    assert told()[shopper.email][1:] == ["[Trato] Password reset"]


@pytest.mark.django_db(transaction=True)
def test_the_owner_hears_of_a_second_factor_that_comes_or_goes(
    shopper: User, client_of: Any
) -> None:
    prove(shopper)
    client = client_of(shopper)
    set_up_app(client)
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert told()[shopper.email] == [
        "[Trato] Authenticator App Activated",
        "[Trato] Authenticator App Deactivated",
    ]


def test_the_owner_hears_of_a_device_that_is_new_and_of_no_other(shopper: User) -> None:
    prove(shopper)
    known, form = Client(), {"login": shopper.email, "password": PASSWORD}
    known.post("/accounts/login/", form, headers={"user-agent": "Mozilla Firefox/1 Linux"})
    assert told() == {shopper.email: ["[Trato] New login: was it you?"]}
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


# -- mails to strangers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/accounts/password/reset/", {"email": "lucia@example.com"}),
        ("/accounts/password/reset/", {"email": "nobody@example.com"}),
        ("/accounts/signup/", {
            "name": "Nora Gil", "role": "consumer", "email": "nora@example.com", "password1": MINE,
        }),
    ],
)  # fmt: skip
def test_a_mail_that_somebody_waits_for_and_cannot_be_sent_is_said_and_sent_later(
    path: str, form: dict[str, str], shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Any, messages: Any) -> int:
        raise ConnectionRefusedError

    client = Client()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", away)
        answer = client.post(path, form)
    assert answer.status_code == 503
    assert "We can't send email right now" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert not mail.outbox
    assert client.post(path, form).status_code == 302
    assert list(told()) == [form["email"]]


def test_the_whole_site_sends_strangers_a_limited_number_of_mails(settings: Any) -> None:
    settings.STRANGER_MAILS_PER_SITE = "2/h"
    for number in range(2):
        sign_up(Client(REMOTE_ADDR=f"192.0.2.{number}"), f"person{number}@example.com", MINE)
    answer = sign_up(Client(REMOTE_ADDR="192.0.2.9"), "person9@example.com", MINE)
    assert "Try again later" in answer.text
    Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert len(mail.outbox) == 2
    assert not User.objects.filter(email="person9@example.com").exists()


def test_no_stranger_gets_one_mail_after_the_other(shopper: User, client_of: Any) -> None:
    prove(shopper)
    client = client_of(shopper)
    reauthenticate(client)
    form = {"email": "new@example.com"}
    client.post("/accounts/email/", {"action_add": "", **form})
    for _ in range(3):
        client.post("/accounts/email/", {"action_send": "", **form})
    assert len(told()["new@example.com"]) == 1


def test_a_mail_to_a_stranger_has_no_word_of_who_caused_it() -> None:
    form = {"name": "Win at evil.example", "role": "consumer", "password1": MINE}
    agent = {"user-agent": "Click https://evil.example"}
    Client().post("/accounts/signup/", {**form, "email": "nora@example.com"}, headers=agent)
    assert "evil" not in f"{mail.outbox[0].body} {mail.outbox[0].subject}"
    assert "http://shop.test/accounts/confirm-email/" in str(mail.outbox[0].body)


@pytest.mark.parametrize("host", ["testserver:666", "testserver.", "testserver.:666", "localhost"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_mails_lead_to_the_configured_address_whatever_the_host(
    host: str, language: str, shopper: User, client_of: Any
) -> None:
    prove(shopper)
    headers = {"host": host, "accept-language": language}
    sign_up(Client(headers=headers), "nora@example.com", MINE)
    sign_up(Client(headers=headers), shopper.email, MINE)
    for email in (shopper.email, "nobody@example.com"):
        Client(headers=headers).post("/accounts/password/reset/", {"email": email})
    Client(headers=headers).post("/accounts/login/", {"login": shopper.email, "password": PASSWORD})
    assert len(mail.outbox) == 5
    for sent in mail.outbox:
        words = f"{sent.subject} {sent.body}"
        assert not re.search(r"testserver|localhost|:666", words)
        assert set(re.findall(r"https?://[^/\s]+", words)) <= {"http://shop.test"}
        assert "Trato" in words


# -- looking changes nothing -------------------------------------------------------------------


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
