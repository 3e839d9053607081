"""The link in an invitation, opened by different people."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.factories import TeamInvitationFactory
from catalog.models import Shop, ShopMember, TeamInvitation
from tests.accounts.acts import PASSWORD, confirm, prove
from tests.catalog.invitation_acts import invite, links

pytestmark = pytest.mark.django_db

EMAIL = "nora@example.com"
ACCEPT = 'name="accept"'


@pytest.fixture
def link(shop: Shop) -> str:
    TeamInvitationFactory(shop=shop, email=EMAIL, token="a-token")
    return "/team-invitation/a-token/"


def open_link(client: Client, link: str) -> Any:
    return client.get(link, follow=True)


def sign_up(client: Client, **fields: str) -> Any:
    form = {"name": "Nora Gil", "role": "consumer", "email": EMAIL, "password1": "quick-meadow-19"}
    return client.post("/accounts/signup/", form | fields, follow=True)


def answered(person: User, shop: Shop) -> bool:
    return ShopMember.objects.filter(user=person, shop=shop).exists()


def test_the_token_leaves_the_address_bar(link: str) -> None:
    answer = open_link(Client(), link)
    assert answer.redirect_chain == [("/team-invitation/", 302)]
    assert "a-token" not in answer.text


def test_a_visitor_may_log_in_or_sign_up_whether_or_not_there_is_an_account(
    link: str, shop: Shop, shopper: User
) -> None:
    TeamInvitation.objects.update(email=EMAIL)
    pages = [open_link(Client(), link).text]
    TeamInvitation.objects.update(email=shopper.email)
    pages.append(open_link(Client(), link).text)
    for page in pages:
        assert f"{shop.name} invites you" in page
        assert "Create account" in page
        assert "Log in" in page
        assert ACCEPT not in page
    mains = [page.partition("<main")[2].partition("</main>")[0] for page in pages]
    assert mains[0] == mains[1]


def test_somebody_without_an_account_signs_up_and_comes_back(link: str, shop: Shop) -> None:
    client = Client()
    open_link(client, link)
    page = client.get("/accounts/signup/").text
    assert f'value="{EMAIL}"' in page
    assert f"join {shop.name}" in page
    sign_up(client)
    person = User.objects.get(email=EMAIL)
    client.post("/my/team/", {"accept": TeamInvitation.objects.get().pk})
    assert not answered(person, shop)  # before the address is confirmed
    back = confirm(client, EMAIL)
    assert back.redirect_chain[-1][0] == "/team-invitation/"
    assert ACCEPT in back.text
    client.post("/my/team/", {"accept": TeamInvitation.objects.get().pk})
    assert answered(person, shop)


def test_where_addresses_need_no_confirmation_the_invitation_still_needs_it(
    link: str, shop: Shop, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"  # as in development
    client = Client()
    open_link(client, link)
    page = sign_up(client)
    assert page.redirect_chain[-1][0] == "/team-invitation/"
    assert "Confirm that nora@example.com is yours" in page.text
    assert ACCEPT not in page.text
    client.post("/my/team/", {"accept": TeamInvitation.objects.get().pk})
    assert not answered(User.objects.get(email=EMAIL), shop)
    back = confirm(client, EMAIL)
    assert back.redirect_chain[-1][0] == "/team-invitation/"
    assert ACCEPT in back.text


def test_somebody_with_an_account_logs_in_and_comes_back(
    link: str, shop: Shop, shopper: User
) -> None:
    prove(shopper)
    TeamInvitation.objects.update(email=shopper.email)
    client = Client()
    open_link(client, link)
    form = {"login": shopper.email, "password": PASSWORD}
    back = client.post("/accounts/login/", form, follow=True)
    assert back.redirect_chain[-1][0] == "/team-invitation/"
    client.post("/my/team/", {"decline": TeamInvitation.objects.get().pk})
    assert not TeamInvitation.objects.exists()
    assert not answered(shopper, shop)


def test_another_account_gets_a_hint_at_the_address_only(
    link: str, shop: Shop, stranger: User, client_of: Any
) -> None:
    prove(stranger)
    client = client_of(stranger)
    answer = open_link(client, link)
    assert "another email, n***@e***.com" in answer.text
    assert EMAIL not in answer.text
    assert "nora" not in answer.text
    assert ACCEPT not in answer.text
    client.post("/my/team/", {"accept": TeamInvitation.objects.get().pk})
    assert not answered(stranger, shop)
    out = client.post("/accounts/logout/", {"next": link}, follow=True)
    assert out.redirect_chain[-1][0] == "/team-invitation/"
    assert "Create account" in out.text


@pytest.mark.parametrize("reason", ["unknown", "used", "withdrawn", "renewed", "expired"])
def test_a_link_that_is_over_says_so(
    reason: str, link: str, shop: Shop, seller: User, shopper: User, client_of: Any
) -> None:
    row = TeamInvitation.objects.get()
    if reason == "unknown":
        link = "/team-invitation/another/"
    elif reason == "used":
        prove(shopper)
        TeamInvitation.objects.update(email=shopper.email)
        client_of(shopper).post("/my/team/", {"accept": row.pk})
    elif reason == "withdrawn":
        client_of(seller).post("/my/team/", {"shop": shop.pk, "take_back": row.pk})
    elif reason == "renewed":
        client_of(seller).post("/my/team/", {"shop": shop.pk, "again": row.pk})
        assert f"{shop.name} invites you" in open_link(Client(), links()[0]).text
    else:
        TeamInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for client in (Client(), client_of(shopper)):
        answer = open_link(client, link)
        assert answer.status_code == 410
        words = "has expired" if reason == "expired" else "no longer works"
        assert f"This invitation {words}" in answer.text


def test_an_invented_link_leaves_no_session_behind(link: str) -> None:
    for number in range(3):
        assert open_link(Client(), f"/team-invitation/{number}/").status_code == 410
    assert not Session.objects.exists()
    open_link(Client(), link)
    assert Session.objects.count() == 1


def test_the_mailed_link_works_until_it_expires(shop: Shop, seller: User, client_of: Any) -> None:
    invite(client_of(seller), shop, EMAIL)
    (link,) = links()
    row = TeamInvitation.objects.get()
    assert row.expires_at - row.created_at == pytest.approx(
        timedelta(days=7), abs=timedelta(hours=1)
    )
    assert open_link(Client(), link).status_code == 200
    TeamInvitation.objects.update(expires_at=timezone.now())
    assert open_link(Client(), link).status_code == 410


def test_after_the_answer_the_next_login_leads_elsewhere(link: str, shopper: User) -> None:
    prove(shopper)
    TeamInvitation.objects.update(email=shopper.email)
    client = Client()
    open_link(client, link)
    form = {"login": shopper.email, "password": PASSWORD}
    client.post("/accounts/login/", form, follow=True)
    assert "after_login" not in client.session
    open_link(client, link)
    client.post("/my/team/", {"accept": TeamInvitation.objects.get().pk})
    assert "team_invitation" not in client.session
    assert "after_login" not in client.session


def test_opening_the_link_changes_nothing(link: str, client_of: Any, shopper: User) -> None:
    """Mail scanners open links too."""
    before = list(TeamInvitation.objects.values())
    for client in (Client(), client_of(shopper)):
        for _ in range(2):
            open_link(client, link)
            client.head(link)
    assert list(TeamInvitation.objects.values()) == before
    assert not mail.outbox
