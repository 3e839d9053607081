"""Ownership of email addresses: sign-ups with them, and changes to them."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.acts import confirm, follow_link, prove, reauthenticate, sign_up

from .mails import MINE, THEIRS, subjects_sent

pytestmark = pytest.mark.django_db


def test_the_password_of_a_stranger_does_not_survive_the_owners_confirmation() -> None:
    attacker, owner = Client(), Client()
    sign_up(attacker, "nora@example.com", THEIRS)
    sign_up(owner, "nora@example.com", MINE)  # too soon after the first email for a second one
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
    assert len(subjects_sent()["nora@example.com"]) == 2
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
    Client().force_login(stranger)  # has logged in, though the address was never confirmed
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


def test_the_page_for_emails_asks_for_the_new_one(shopper: User, client_of: Any) -> None:
    page = client_of(shopper).get("/accounts/email/").text
    assert "New email</label>" in page


def test_a_placeholder_does_not_repeat_the_label_of_a_field() -> None:
    page = Client().get("/accounts/signup/").text
    form = page[page.index('class="stack signup"') :]
    assert "password1" in form
    assert "placeholder" not in form
