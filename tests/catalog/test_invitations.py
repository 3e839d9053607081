"""Invitations to a team: only an account that has confirmed the address can answer."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopFactory, TeamInvitationFactory
from catalog.models import Shop, ShopMember, TeamInvitation
from messaging.host import host
from tests.accounts.acts import prove
from tests.catalog.invitation_acts import invite

pytestmark = pytest.mark.django_db

PAST = timezone.now() - timedelta(days=1)


@pytest.fixture
def invitation(shop: Shop, seller: User, other_seller: User) -> TeamInvitation:
    prove(other_seller)
    return TeamInvitationFactory(shop=shop, email=other_seller.email)


def works_there(person: User, shop: Shop) -> bool:
    return person.pk in host.members_of(shop.pk) and host.is_member(person.pk, shop.pk)


@pytest.mark.parametrize("role", ["agent", "owner"])
def test_who_is_invited_joins_by_accepting_and_not_before(
    role: str, shop: Shop, seller: User, other_seller: User, client_of: Any
) -> None:
    assert invite(client_of(seller), shop, other_seller.email.upper(), role).status_code == 302
    assert not works_there(other_seller, shop)
    assert other_seller.get_short_name() not in client_of(None).get(shop.get_absolute_url()).text
    prove(other_seller)
    invited = client_of(other_seller).get("/my/team/").text
    assert f"{shop.name} invites you" in invited
    assert f"as an {role}" in invited
    assert "see your name and email" in invited
    client_of(other_seller).post("/my/team/", {"accept": TeamInvitation.objects.get().pk})
    assert works_there(other_seller, shop)
    assert ShopMember.objects.get(user=other_seller, shop=shop).role == role
    assert not TeamInvitation.objects.exists()


def test_who_declines_is_not_on_the_team(
    shop: Shop, other_seller: User, invitation: TeamInvitation, client_of: Any
) -> None:
    client_of(other_seller).post("/my/team/", {"decline": invitation.pk})
    assert not works_there(other_seller, shop)
    assert not TeamInvitation.objects.exists()


def test_an_account_that_only_shopped_sells_once_it_accepts(
    shop: Shop, seller: User, shopper: User, client_of: Any
) -> None:
    invitation = TeamInvitationFactory(shop=shop, email=shopper.email)
    nothing, client = "not on a shop's team yet", client_of(shopper)
    assert nothing in client.get("/my/team/").text
    prove(shopper)
    assert nothing not in client.get("/my/team/").text
    client.post("/my/team/", {"accept": invitation.pk})
    shopper.refresh_from_db()
    assert shopper.is_seller
    assert works_there(shopper, shop)


@pytest.mark.parametrize("verification", ["mandatory", "optional", "none"])
def test_an_address_is_confirmed_before_it_answers_an_invitation(
    verification: str,
    shop: Shop,
    other_seller: User,
    invitation: TeamInvitation,
    client_of: Any,
    settings: Any,
) -> None:
    """Even where people can log in without confirming it, as in development."""
    settings.ACCOUNT_EMAIL_VERIFICATION = verification
    client, address = client_of(other_seller), EmailAddress.objects.filter(user=other_seller)
    address.update(verified=False)
    assert f"{shop.name} invites you" not in client.get("/my/team/").text
    for answer in ("accept", "decline"):
        client.post("/my/team/", {answer: invitation.pk})
    assert TeamInvitation.objects.get() == invitation
    assert not works_there(other_seller, shop)
    address.update(verified=True)
    client.post("/my/team/", {"accept": invitation.pk})
    assert works_there(other_seller, shop)


@pytest.mark.parametrize("outsider", ["stranger", "colleague", "former_colleague"])
def test_nobody_else_answers_an_invitation(
    outsider: str,
    shop: Shop,
    other_seller: User,
    invitation: TeamInvitation,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    person = request.getfixturevalue(outsider)
    prove(person)
    members = set(shop.members.values_list("pk", flat=True))
    for answer in ("accept", "decline"):
        client_of(person).post("/my/team/", {answer: invitation.pk})
    assert set(shop.members.values_list("pk", flat=True)) == members
    assert TeamInvitation.objects.get() == invitation
    client_of(other_seller).post("/my/team/", {"accept": invitation.pk})
    assert works_there(other_seller, shop)


@pytest.mark.parametrize("reason", ["expired", "inviter suspended", "inviter no owner"])
def test_an_invitation_that_is_over_is_neither_shown_nor_answered(
    reason: str,
    shop: Shop,
    seller: User,
    other_seller: User,
    invitation: TeamInvitation,
    client_of: Any,
) -> None:
    if reason == "expired":
        TeamInvitation.objects.update(expires_at=PAST)
    elif reason == "inviter no owner":
        ShopMember.objects.filter(user=seller).update(role="agent")
    else:
        User.objects.filter(pk=seller.pk).update(is_active=False)
    client = client_of(other_seller)
    assert f"{shop.name} invites you" not in client.get("/my/team/").text
    answer = client.post("/my/team/", {"accept": invitation.pk}, follow=True)
    assert "no longer open" in answer.text
    assert not works_there(other_seller, shop)
    assert TeamInvitation.objects.get() == invitation


def test_accepting_twice_is_one_membership(
    shop: Shop, other_seller: User, invitation: TeamInvitation, client_of: Any
) -> None:
    client, form = client_of(other_seller), {"accept": invitation.pk}
    key, joined = "a" * 32, "now on the team"
    for form_key, words in ((key, joined), (key, joined), ("", "no longer open")):
        answer = client.post("/my/team/", {**form, "form_key": form_key}, follow=True)
        assert words in answer.text  # the second click of a double click gets the first's response
    assert ShopMember.objects.filter(user=other_seller, shop=shop).count() == 1


def test_an_owner_of_too_many_shops_is_told_and_may_accept_later(
    shop: Shop, other_seller: User, invitation: TeamInvitation, client_of: Any, settings: Any
) -> None:
    settings.SHOPS_PER_PERSON = 1
    TeamInvitation.objects.update(role="owner")
    client = client_of(other_seller)
    answer = client.post("/my/team/", {"accept": invitation.pk}, follow=True)
    assert "the most you can have" in answer.text
    assert not works_there(other_seller, shop)
    settings.SHOPS_PER_PERSON = 2
    client.post("/my/team/", {"accept": invitation.pk})
    assert works_there(other_seller, shop)


def test_the_form_does_not_tell_which_addresses_sell(
    shop: Shop, seller: User, other_seller: User, shopper: User, client_of: Any
) -> None:
    client, pages = client_of(seller), []
    suspended = UserFactory(email="gone@example.com", seller=True, is_active=False)
    for email in (other_seller.email, shopper.email, suspended.email, "nobody@example.com"):
        answer = invite(client, shop, email)
        shown = client.get("/my/team/").text.replace(email, "*")
        page = re.sub(r"data-hue[^<]*<|csrfmiddlewaretoken[^>]*>|value=.[-0-9a-f]+", "", shown)
        pages.append((answer.status_code, page.partition("<main")[2]))
        TeamInvitation.objects.get().delete()
    assert len(set(pages)) == 1


def test_a_member_is_not_invited_again(
    shop: Shop, seller: User, colleague: User, client_of: Any
) -> None:
    answer = invite(client_of(seller), shop, colleague.email.upper())
    assert "already on the team" in answer.text
    assert not TeamInvitation.objects.exists()


def test_a_shop_invites_no_more_than_the_setting_says(
    shop: Shop, seller: User, client_of: Any, settings: Any
) -> None:
    settings.SHOP_INVITATIONS_MAX = 2
    for number in range(2):
        assert invite(client_of(seller), shop, f"{number}@example.com").status_code == 302
    refused = invite(client_of(seller), shop, "third@example.com")
    assert refused.status_code == 400
    assert "third@example.com" in refused.text
    assert TeamInvitation.objects.count() == 2


def test_an_owner_withdraws_and_renews_only_the_own_shops_invitations(
    shop: Shop, seller: User, other_seller: User, client_of: Any
) -> None:
    theirs = TeamInvitationFactory(shop=ShopFactory(owner=other_seller))
    hashed = theirs.token_hash
    for act in ("again", "take_back"):
        answer = client_of(seller).post("/my/team/", {"shop": shop.pk, act: theirs.pk})
        assert answer.status_code == 403
    assert TeamInvitation.objects.get().token_hash == hashed
    form = {"shop": theirs.shop_id, "take_back": theirs.pk}
    client_of(other_seller).post("/my/team/", form)
    assert not TeamInvitation.objects.exists()
