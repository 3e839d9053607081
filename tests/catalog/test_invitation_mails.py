"""The email with an invitation, and how many of them are sent."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog import access
from catalog.factories import ShopFactory, TeamInvitationFactory
from catalog.models import Shop, TeamInvitation
from tests.catalog.invitation_acts import invite, links

pytestmark = pytest.mark.django_db

EMAIL = "nora@example.com"


@pytest.fixture
def owner(seller: User, client_of: Any) -> Client:
    client: Client = client_of(seller)
    return client


def again(client: Client, invitation: TeamInvitation, **fields: Any) -> Any:
    form = {"shop": invitation.shop_id, "again": invitation.pk, **fields}
    return client.post("/my/team/", form, follow=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["has invited you to join", "The link works until"]),
        ("es", ["te ha invitado", "hasta el"]),
    ],
)
def test_the_mail_has_a_link_and_is_in_the_inviters_language(
    language: str, words: list[str], shop: Shop, owner: Client, settings: Any
) -> None:
    settings.SITE_NAME = "Bazar"
    headers = {"accept-language": language, "host": "localhost"}
    answer = invite(owner, shop, EMAIL, headers=headers, follow=True)
    assert EMAIL in answer.text
    (sent,) = mail.outbox
    assert sent.to == [EMAIL]
    assert shop.name in str(sent.subject)
    for word in [*words, shop.name, "Bazar"]:
        assert word in " ".join(str(sent.body).split())
    assert re.findall(r"https?://\S+", str(sent.body)) == [f"http://shop.test{links()[0]}"]


def test_somebody_with_an_account_gets_the_mail_in_their_language(
    shop: Shop, owner: Client, shopper: User
) -> None:
    User.objects.filter(pk=shopper.pk).update(language="es")
    answer = invite(owner, shop, shopper.email.upper(), follow=True)
    assert "te ha invitado" in str(mail.outbox[0].body)
    assert "emailed the invitation" in answer.text  # the inviter's page stays as it was


def test_only_a_hash_of_the_token_is_stored(shop: Shop, owner: Client) -> None:
    invite(owner, shop, EMAIL)
    invite(owner, shop, "other@example.com")
    tokens = [link.strip("/").rpartition("/")[2] for link in links()]
    assert len(set(tokens)) == 2
    assert min(map(len, tokens)) >= 43  # 32 bytes
    stored = list(TeamInvitation.objects.values())
    assert not [token for token in tokens if token in str(stored)]
    assert [row["token_hash"] for row in stored] == [access.hash_of(token) for token in tokens]


def test_no_name_in_the_mail_becomes_a_link_or_markup(seller: User, client_of: Any) -> None:
    shop = ShopFactory(name="Win at evil.example & co", owner=seller)
    invite(client_of(seller), shop, EMAIL)
    for text in (str(mail.outbox[0].subject), str(mail.outbox[0].body)):
        assert "evil.example" not in text
        assert "evil.\u2060example & co" in text
        assert seller.name not in text


@pytest.mark.parametrize("act", ["invite", "again"])
def test_a_double_click_sends_one_mail(act: str, shop: Shop, owner: Client) -> None:
    key = str(uuid.uuid4())
    invitation = TeamInvitationFactory(shop=shop)
    email = EMAIL if act == "invite" else invitation.email
    for _ in range(2):
        if act == "invite":
            answer = invite(owner, shop, EMAIL, form_key=key, follow=True)
        else:
            answer = again(owner, invitation, form_key=key)
        assert f"emailed the invitation to {email}" in answer.text
    assert [sent.to for sent in mail.outbox] == [[email]]
    again(owner, TeamInvitation.objects.get(email=email), form_key=str(uuid.uuid4()))
    assert len(mail.outbox) == 2  # a click on a new page counts


def test_inviting_the_same_address_says_that_it_is_invited(shop: Shop, owner: Client) -> None:
    invite(owner, shop, EMAIL)
    answer = invite(owner, shop, EMAIL.upper())
    assert (answer.status_code, "You can send it again" in answer.text) == (400, True)
    assert len(mail.outbox) == TeamInvitation.objects.count() == 1


def test_without_the_mail_server_the_invitation_stays_to_be_sent_again(
    shop: Shop, owner: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.INVITATION_MAILS_PER_DAY_AND_ADDRESS = 1  # emails that weren't sent don't count

    def away(self: Any, messages: Any) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", away)
        page = invite(owner, shop, EMAIL, follow=True).text
    assert "We can&#x27;t send email right now" in page
    assert "The email wasn't sent" in page
    page = again(owner, TeamInvitation.objects.get()).text
    assert "The email wasn't sent" not in page
    assert len(mail.outbox) == 1


def test_an_expired_invitation_is_shown_as_such_and_renewed(shop: Shop, owner: Client) -> None:
    past = timezone.now() - timedelta(minutes=1)
    expired = TeamInvitationFactory(shop=shop, expires_at=past)
    page = owner.get("/my/team/").text
    assert "Invitation expired" in page
    assert "Invite again" in page
    again(owner, expired)
    invite(owner, shop, TeamInvitationFactory(shop=shop, expires_at=past).email, "owner")
    assert len(mail.outbox) == 2
    soon = timezone.now() + timedelta(days=6)
    rows = TeamInvitation.objects.filter(expires_at__gt=soon).order_by("pk")
    assert [row.role for row in rows] == ["agent", "owner"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("INVITATION_MAILS_PER_DAY_AND_PERSON", 2),
        ("INVITATION_MAILS_PER_DAY_AND_SHOP", 2),
        ("INVITATION_MAILS_PER_DAY_AND_ADDRESS", 2),
        ("STRANGER_MAILS_PER_SITE", "2/h"),
    ],
)
def test_mails_are_limited(
    setting: str, value: Any, shop: Shop, owner: Client, settings: Any
) -> None:
    setattr(settings, setting, value)
    for _ in range(2):
        invite(owner, shop, EMAIL)
        TeamInvitation.objects.all().delete()  # withdrawing restores no allowance
    refused = invite(owner, shop, EMAIL)
    assert refused.status_code == 400
    words = "Try again later." if setting == "STRANGER_MAILS_PER_SITE" else "Try again in 24 hours."
    assert words in refused.text
    row = TeamInvitationFactory(shop=shop, email=EMAIL)
    assert "Try again" in again(owner, row).text
    assert TeamInvitation.objects.get().token_hash == row.token_hash
    assert len(mail.outbox) == 2


def test_the_limits_are_of_the_inviter_the_shop_and_the_address(
    shop: Shop, owner: Client, seller: User, client_of: Any, settings: Any
) -> None:
    for scope in ("PERSON", "SHOP", "ADDRESS"):
        setattr(settings, f"INVITATION_MAILS_PER_DAY_AND_{scope}", 1)
    invite(owner, shop, EMAIL)
    other = UserFactory(seller=True)
    invite(client_of(other), ShopFactory(owner=other), "somebody@example.com")
    assert [sent.to for sent in mail.outbox] == [[EMAIL], ["somebody@example.com"]]
    third = UserFactory(seller=True)
    assert invite(client_of(third), ShopFactory(owner=third), EMAIL.upper()).status_code == 400
    assert len(mail.outbox) == 2
