"""A shop's team: only people who have agreed are in it, and everybody may leave."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Shop, ShopMember, TeamInvitation
from messaging.host import host

pytestmark = pytest.mark.django_db

Post = Callable[..., Any]


@pytest.fixture
def post(client_of: Any) -> Post:
    """`post(person, field=value)`: press a button on the team page."""

    def send(person: User, **fields: Any) -> Any:
        return client_of(person).post("/my/team/", fields)

    return send


@pytest.fixture
def invitation(shop: Shop, seller: User, other_seller: User) -> TeamInvitation:
    confirm(other_seller)
    return TeamInvitation.objects.create(shop=shop, email=other_seller.email, invited_by=seller)


def confirm(person: User) -> None:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


def works_there(person: User, shop: Shop) -> bool:
    return person.pk in host.members_of(shop.pk) and host.is_member(person.pk, shop.pk)


def test_who_is_invited_joins_by_accepting_and_not_before(
    shop: Shop, seller: User, other_seller: User, post: Post, client_of: Any
) -> None:
    assert post(seller, shop=shop.pk, email=other_seller.email.upper()).status_code == 302
    assert not works_there(other_seller, shop)
    assert other_seller.get_short_name() not in client_of(None).get(shop.get_absolute_url()).text
    confirm(other_seller)
    invited = client_of(other_seller).get("/my/team/").text
    assert f"{shop.name} invites you" in invited
    assert "see your name and email" in invited
    post(other_seller, accept=TeamInvitation.objects.get().pk)
    assert works_there(other_seller, shop)
    assert not TeamInvitation.objects.exists()


def test_who_declines_is_not_on_the_team(
    shop: Shop, other_seller: User, invitation: TeamInvitation, post: Post
) -> None:
    post(other_seller, decline=invitation.pk)
    assert not works_there(other_seller, shop)
    assert not TeamInvitation.objects.exists()


def test_an_account_that_only_shopped_sells_once_it_accepts(
    shop: Shop, seller: User, shopper: User, post: Post
) -> None:
    post(seller, shop=shop.pk, email=shopper.email)
    shopper.refresh_from_db()
    assert not shopper.is_seller
    confirm(shopper)
    post(shopper, accept=TeamInvitation.objects.get().pk)
    shopper.refresh_from_db()
    assert shopper.is_seller
    assert works_there(shopper, shop)


def test_an_address_is_confirmed_before_it_answers_an_invitation(
    shop: Shop, other_seller: User, invitation: TeamInvitation, post: Post, client_of: Any
) -> None:
    address = EmailAddress.objects.filter(user=other_seller)
    address.update(verified=False)
    assert f"{shop.name} invites you" not in client_of(other_seller).get("/my/team/").text
    for answer in ("accept", "decline"):
        post(other_seller, **{answer: invitation.pk})
    assert TeamInvitation.objects.get() == invitation
    assert not works_there(other_seller, shop)
    address.update(verified=True)
    post(other_seller, accept=invitation.pk)
    assert works_there(other_seller, shop)


@pytest.mark.parametrize("outsider", ["stranger", "colleague", "former_colleague"])
def test_nobody_else_answers_an_invitation(
    outsider: str,
    shop: Shop,
    other_seller: User,
    invitation: TeamInvitation,
    post: Post,
    request: pytest.FixtureRequest,
) -> None:
    person = request.getfixturevalue(outsider)
    confirm(person)
    members = set(shop.members.values_list("pk", flat=True))
    for answer in ("accept", "decline"):
        post(person, **{answer: invitation.pk})
    assert set(shop.members.values_list("pk", flat=True)) == members
    assert TeamInvitation.objects.get() == invitation
    post(other_seller, accept=invitation.pk)
    assert works_there(other_seller, shop)


def test_the_form_does_not_tell_which_addresses_sell(
    shop: Shop, seller: User, other_seller: User, shopper: User, client_of: Any
) -> None:
    client, pages = client_of(seller), []
    suspended = UserFactory(email="gone@example.com", seller=True, is_active=False)
    for email in (other_seller.email, shopper.email, suspended.email, "nobody@example.com"):
        answer = client.post("/my/team/", {"shop": shop.pk, "email": email}, follow=True)
        page = answer.text.replace(email, "*")
        page = re.sub(r"data-hue[^<]*<|csrfmiddlewaretoken[^>]*>|value=.\d+", "", page)
        pages.append((answer.status_code, page.partition("<main")[2]))
        TeamInvitation.objects.get().delete()
    assert len(set(pages)) == 1


def test_an_agent_neither_invites_nor_removes_nor_takes_back(
    shop: Shop, seller: User, colleague: User, invitation: TeamInvitation, post: Post
) -> None:
    for fields in (
        {"email": "x@example.com"},
        {"remove": seller.pk},
        {"take_back": invitation.pk},
    ):
        assert post(colleague, shop=shop.pk, **fields).status_code == 403
    assert TeamInvitation.objects.get() == invitation
    assert works_there(seller, shop)
    post(seller, shop=shop.pk, take_back=invitation.pk)
    post(seller, shop=shop.pk, remove=colleague.pk)
    assert not TeamInvitation.objects.exists()
    assert not works_there(colleague, shop)


def test_an_agent_leaves_and_the_owner_does_not(
    shop: Shop, seller: User, colleague: User, post: Post
) -> None:
    assert post(seller, shop=shop.pk, leave=1).status_code == 403
    assert works_there(seller, shop)
    assert post(colleague, shop=shop.pk, leave=1).status_code == 302
    assert not works_there(colleague, shop)
    assert ShopMember.objects.get().user == seller


def test_a_shop_invites_no_more_than_the_setting_says(
    shop: Shop, seller: User, post: Post, settings: Any
) -> None:
    settings.SHOP_INVITATIONS_MAX = 2
    for number in range(2):
        assert post(seller, shop=shop.pk, email=f"{number}@example.com").status_code == 302
    assert post(seller, shop=shop.pk, email="0@example.com").status_code == 302  # once more
    refused = post(seller, shop=shop.pk, email="third@example.com")
    assert refused.status_code == 400
    assert "third@example.com" in refused.text
    assert TeamInvitation.objects.count() == 2
