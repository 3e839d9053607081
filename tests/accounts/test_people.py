"""Signing up with a role, logging in, and ending sessions."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Shop, ShopMember
from trato.realtime.sessions import Ended, people_of

pytestmark = pytest.mark.django_db

FORM = {"email": "new@example.com", "name": "Nora Gil", "password1": "slow-orchard-72"}


def test_a_shopper_signs_up_without_a_shop() -> None:
    Client().post("/accounts/signup/", {**FORM, "role": "consumer"})
    user = User.objects.get(email="new@example.com")
    assert (user.name, user.role) == ("Nora Gil", "consumer")
    assert not Shop.objects.exists()


def test_a_seller_names_the_shop_in_the_same_step_and_owns_it() -> None:
    Client().post("/accounts/signup/", {**FORM, "role": "seller", "shop_name": "Hilo Fino"})
    member = ShopMember.objects.get()
    assert (member.user.email, member.shop.name, member.role) == (
        "new@example.com",
        "Hilo Fino",
        "owner",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"role": "seller"},
        {"role": "seller", "shop_name": "barro y SAL"},
        {"role": "admin"},
        {"name": "\u202eevil"},
        {"name": "\u200b"},
        {"email": "nonsense"},
        {"password1": "12345678"},
    ],
)
def test_a_sign_up_that_lacks_something_stores_nothing(change: dict[str, str], shop: Shop) -> None:
    before = User.objects.count()
    answer = Client().post("/accounts/signup/", {**FORM, "role": "consumer", **change})
    assert answer.status_code == 200
    assert "field__error" in answer.text
    assert User.objects.count() == before
    assert Shop.objects.count() == 1


def test_demo_logins_exist_only_where_the_setting_says(settings: Any, shopper: User) -> None:
    User.objects.filter(pk=shopper.pk).update(email="shopper@example.com")
    settings.DEMO_LOGINS = False
    client = Client()
    assert "Lucía (shopper)" not in client.get("/accounts/login/").text
    form = {"email": "shopper@example.com"}
    assert client.post("/accounts/demo-login/", form).status_code == 404
    settings.DEMO_LOGINS = True
    assert "shopper@example.com" in client.get("/accounts/login/").text
    assert client.post("/accounts/demo-login/", form).status_code == 302
    assert client.get("/conversations/").status_code == 200


def test_a_session_is_its_persons_until_it_ends(shopper: User, client_of: Any) -> None:
    client = client_of(shopper)
    key = client.session.session_key
    assert people_of([key]) == {key: shopper}
    client.post("/accounts/logout/")
    assert people_of([key]) == {key: Ended.NO_SESSION}


def test_a_changed_password_ends_the_other_sessions(shopper: User, client_of: Any) -> None:
    key = client_of(shopper).session.session_key
    shopper.set_password("slow-orchard-72")
    shopper.save()
    assert people_of([key]) == {key: Ended.NO_SESSION}


@pytest.mark.parametrize("key", ["", "nonsense", "x" * 5000])
def test_a_key_of_no_session_is_nobodys(key: str) -> None:
    assert people_of([key]) == {key: Ended.NO_SESSION}


def test_many_sessions_are_looked_at_with_two_queries(
    shopper: User, seller: User, client_of: Any, django_assert_num_queries: Any
) -> None:
    keys = [client_of(user).session.session_key for user in (shopper, seller, shopper)]
    with django_assert_num_queries(2):
        assert list(people_of(keys).values()) == [shopper, seller, shopper]


def test_a_suspended_person_is_told_apart(shopper: User, client_of: Any) -> None:
    key = client_of(shopper).session.session_key
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    assert people_of([key]) == {key: Ended.SUSPENDED}


@pytest.mark.parametrize(
    "path",
    [
        "profile/", "email/", "password/change/", "2fa/", "sessions/", "logout/",
        "2fa/totp/activate/", "2fa/webauthn/add/",
    ],
)  # fmt: skip
def test_every_page_of_the_account_is_a_page_of_this_site(
    path: str, shopper: User, client_of: Any
) -> None:
    answer = client_of(shopper).get(f"/accounts/{path}", follow=True)
    assert answer.status_code == 200
    assert "site-header" in answer.text
