"""A second click on a button that removes something leads to the same page as the first."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop, ShopMember
from messaging.factories import SavedReplyFactory, SavedViewFactory
from messaging.models import Label, SavedReply, SavedView
from messaging.triage import labels
from tests.accounts.acts import prove, reauthenticate

pytestmark = pytest.mark.django_db

# From a seller and their shop to a URL, a form, and the rows that it removes.
Removal = tuple[str, dict[str, Any], Any]
LABELS = "/conversations/labels/"


def _reply(_seller: User, shop: Shop) -> Removal:
    row = SavedReplyFactory(shop=shop)
    return f"/saved-replies/{row.pk}/delete/", {}, SavedReply.objects.filter(pk=row.pk)


def _view(_seller: User, shop: Shop) -> Removal:
    row = SavedViewFactory(shop=shop)
    return f"/conversations/views/{row.pk}/delete/", {}, SavedView.objects.filter(pk=row.pk)


def _label(seller: User, shop: Shop) -> Removal:
    row = labels.create(seller, shop.pk, "Urgent", "red")
    return LABELS, {"act": "delete", "label": row.pk}, Label.objects.filter(pk=row.pk)


def _member(_seller: User, shop: Shop) -> Removal:
    row = ShopMemberFactory(shop=shop)
    rows = ShopMember.objects.filter(pk=row.pk)
    return f"/my/team/{shop.pk}/{row.user_id}/remove/", {}, rows


def _membership(seller: User, shop: Shop) -> Removal:
    ShopMemberFactory(shop=shop, role=ShopMember.Role.OWNER)
    return f"/my/team/{shop.pk}/leave/", {}, ShopMember.objects.filter(shop=shop, user=seller)


def _ownership(seller: User, shop: Shop) -> Removal:
    ShopMemberFactory(shop=shop, role=ShopMember.Role.OWNER)
    rows = ShopMember.objects.filter(shop=shop, user=seller, role=ShopMember.Role.OWNER)
    return f"/my/team/{shop.pk}/{seller.pk}/", {"role": "agent"}, rows


def _key(seller: User, _shop: Shop) -> Removal:
    row = Authenticator.objects.create(user=seller, type="webauthn", data={"name": "Key"})
    rows = Authenticator.objects.filter(pk=row.pk)
    return f"/accounts/2fa/webauthn/keys/{row.pk}/remove/", {}, rows


def _app(seller: User, _shop: Shop) -> Removal:
    Authenticator.objects.create(user=seller, type="totp", data={"secret": "x"})
    rows = Authenticator.objects.filter(user=seller)
    return "/accounts/2fa/totp/deactivate/", {}, rows


REMOVALS = [_reply, _view, _label, _member, _membership, _ownership, _key, _app]


@pytest.fixture
def confirmed(seller: User, client_of: Any) -> Client:
    """The browser of the seller, who has just entered the password."""
    prove(seller)
    client: Client = client_of(seller)
    reauthenticate(client)
    return client


@pytest.mark.parametrize("removal", REMOVALS)
def test_a_second_click_leads_where_the_first_one_leads(
    removal: Callable[[User, Shop], Removal], seller: User, shop: Shop, confirmed: Client
) -> None:
    address, form, rows = removal(seller, shop)
    assert rows.exists()
    first, second = (confirmed.post(address, form) for _click in range(2))
    assert not rows.exists()
    assert [answer.status_code for answer in (first, second)] == [302, 302]
    assert first["Location"] == second["Location"]
    assert confirmed.get(second["Location"]).status_code == 200


@pytest.mark.parametrize("removal", [_reply, _view, _label, _key])
def test_what_is_another_shops_stays_and_looks_like_what_is_gone(
    removal: Callable[[User, Shop], Removal],
    shop: Shop,
    seller: User,
    other_seller: User,
    client_of: Any,
) -> None:
    prove(other_seller)
    client = client_of(other_seller)
    reauthenticate(client)
    address, form, rows = removal(seller, shop)

    def answer() -> tuple[int, str, str]:
        given = client.post(address, form)
        page = client.get(given["Location"])
        notice = page.text.partition('class="notices"')[2].partition("</")[0]
        return given.status_code, given["Location"], notice

    foreign = answer()
    assert rows.exists()
    rows.delete()
    assert answer() == foreign


@pytest.mark.parametrize("removal", [_member, _ownership])
def test_others_cannot_change_a_team(
    removal: Callable[[User, Shop], Removal],
    shop: Shop,
    seller: User,
    colleague: User,
    other_seller: User,
    client_of: Any,
) -> None:
    address, form, rows = removal(seller, shop)
    for person in (colleague, other_seller):
        assert client_of(person).post(address, form).status_code == 404
    assert rows.exists()


@pytest.mark.parametrize("removal", [_key, _app])
def test_removing_a_second_factor_still_asks_for_the_password(
    removal: Callable[[User, Shop], Removal], seller: User, shop: Shop, client_of: Any
) -> None:
    prove(seller)
    address, form, rows = removal(seller, shop)
    for _click in range(2):
        assert "reauthenticate" in client_of(seller).post(address, form)["Location"]
    assert rows.exists()


@pytest.mark.parametrize("debug", [False, True])
def test_what_is_gone_is_said_while_developing_too(
    debug: bool, seller: User, shop: Shop, client_of: Any, settings: Any
) -> None:
    settings.DEBUG = debug
    answer = client_of(seller).get("/conversations/views/99999/")
    assert answer.status_code == 404
    assert "This saved view is gone." in answer.text
