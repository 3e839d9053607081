"""Emails to people who may not have asked for them."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from accounts.models import User
from tests.accounts.acts import prove, reauthenticate, sign_up

from .mails import MINE, PASSWORD, subjects_sent

pytestmark = pytest.mark.django_db


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
    assert list(subjects_sent()) == [form["email"]]


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
    assert len(subjects_sent()["new@example.com"]) == 1


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


def test_mails_are_signed_by_the_site_and_not_by_its_host(client: Client, settings: Any) -> None:
    settings.SITE_NAME = "Hilo"
    client.post(
        "/accounts/signup/",
        {"name": "Nora Gil", "role": "consumer", "email": "nora@example.com", "password1": MINE},
    )
    (sent,) = mail.outbox
    assert str(sent.body).strip().splitlines()[-1] == "Hilo"
    assert "shop.test" not in re.sub(r"http://shop\.test/\S+", "", str(sent.body))
