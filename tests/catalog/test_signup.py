"""Signing up, with a shop or without; twice, simultaneously or one after another."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.adapter import PASSWORD_OF
from accounts.models import User
from catalog.models import Shop
from catalog.signup import SignupForm
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

SENT = "/accounts/confirm-email/"


def form(**change: str) -> dict[str, str]:
    return {
        "role": "seller", "name": "Ana Prieto", "shop_name": "Taller Sol",
        "email": "ana@example.com", "password1": "a-good-long-one",
    } | change  # fmt: skip


def sign_up(client: Any = None, **change: str) -> Any:
    return (client or Client()).post("/accounts/signup/", form(**change))


@pytest.mark.parametrize("role", ["seller", "consumer"])
def test_a_second_click_finds_the_account_of_the_first(role: str) -> None:
    client = Client()
    for _ in range(2):
        answer = sign_up(client, role=role)
        assert (answer.status_code, answer.headers["Location"]) == (302, SENT)
    again = Client()  # the response to the first click never arrived, nor did its cookie
    sign_up(again, role=role)
    user = User.objects.get()
    assert user.role == role
    assert Shop.objects.count() == (role == "seller")
    assert len(mail.outbox) == 1
    for browser in (client, again):
        assert browser.session[PASSWORD_OF] == user.pk  # continues with the email's link


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["seller", "consumer"])
def test_clicks_at_once_make_one_account(role: str) -> None:
    answers = in_threads(4, lambda: sign_up(role=role))
    assert {(one.status_code, one.headers.get("Location")) for one in answers} == {(302, SENT)}
    assert User.objects.get().role == role
    assert Shop.objects.count() == (role == "seller")


def test_an_address_that_is_taken_after_the_look_is_answered_as_before_it(
    shopper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignupForm, "clean_email", lambda self: self.cleaned_data["email"])
    answer = sign_up(email=shopper.email)
    assert (answer.status_code, answer.headers["Location"]) == (302, SENT)
    assert not Shop.objects.exists()
    assert User.objects.get() == shopper


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Barro y Sal", "Another shop has this name"),
        ("", "Name your shop."),
        ("  ", "Name your shop."),
    ],
)
def test_a_shops_name_has_one_thing_wrong(name: str, words: str, shop: Shop) -> None:
    answer = sign_up(shop_name=name)
    [error] = answer.context["form"].errors["shop_name"]
    assert words in error
    assert not User.objects.filter(email="ana@example.com").exists()


def test_a_shoppers_sign_up_forgets_what_was_written_about_a_shop(shop: Shop) -> None:
    answer = sign_up(role="consumer", shop_name=shop.name)
    assert (answer.status_code, answer.headers["Location"]) == (302, SENT)
    assert not User.objects.get(email="ana@example.com").is_seller
    assert Shop.objects.count() == 1


def test_a_shops_name_that_is_taken_after_the_look_is_refused_in_words(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = User.objects.count()
    monkeypatch.setattr(SignupForm.base_fields["shop_name"], "clean", lambda value: value)
    answer = sign_up(shop_name=shop.name)
    assert answer.status_code == 200
    assert "Another shop has this name" in answer.text
    assert 'value="ana@example.com"' in answer.text
    assert User.objects.count() == before


@pytest.mark.parametrize("what", ["confirmed", "old", "another password"])
def test_another_sign_up_is_not_taken_for_a_second_click(what: str) -> None:
    sign_up()
    if what == "confirmed":
        EmailAddress.objects.update(verified=True)
    elif what == "old":
        User.objects.update(date_joined=timezone.now() - timedelta(hours=1))
    client = Client()
    password = "another-good-long-one" if what == "another password" else "a-good-long-one"
    answer = sign_up(client, shop_name="Other name", password1=password)
    assert (answer.status_code, answer.headers["Location"]) == (302, SENT)
    assert User.objects.count() == Shop.objects.count() == 1
    assert PASSWORD_OF not in client.session


def chosen_role(page: str) -> list[str]:
    return re.findall(r'<input type="radio" name="role" value="(\w+)"[^>]*checked', page)


@pytest.mark.parametrize(
    ("address", "role", "title"),
    [
        ("/accounts/signup/?role=seller", "seller", "<h1>Open a shop</h1>"),
        ("/accounts/signup/", "consumer", "<h1>Sign up</h1>"),
        ("/accounts/signup/?role=staff", "consumer", "<h1>Sign up</h1>"),
    ],
)
def test_who_comes_to_open_a_shop_finds_selling_chosen(address: str, role: str, title: str) -> None:
    client = Client()
    page = client.get(address).text
    assert chosen_role(page) == [role]
    assert title in page
    refused = client.post("/accounts/signup/", form(role=role, password1="short"))
    # The language switch leads to the URL that the form was sent to.
    assert ('action="/accounts/signup/?role=seller"' in refused.text) is (role == "seller")
    assert chosen_role(refused.text) == [role]
    assert title in refused.text
    assert not User.objects.exists()


def test_open_a_shop_leads_visitors_to_that_form_and_shoppers_to_theirs(
    shopper: User, seller: User, client_of: Any
) -> None:
    page = Client().get("/").text
    assert page.count('href="/accounts/signup/?role=seller"') >= 3  # header, hero, footer
    answer = client_of(shopper).get("/accounts/signup/?role=seller")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/shop/open/")
    assert "?role=seller" not in client_of(seller).get("/").text


@pytest.mark.parametrize(
    ("role", "address"), [("seller", "/my/products/"), ("consumer", "/conversations/")]
)
def test_who_has_opened_a_shop_continues_with_its_products(role: str, address: str) -> None:
    client = Client()
    sign_up(client, role=role)
    [link] = re.findall(r"http\S+(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    answer = client.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    client.get(address)
    assert "after_login" not in client.session


def test_sign_ups_of_an_ipv6_site_are_limited(settings: Any) -> None:
    settings.SIGNUPS_PER_IPV6_SITE = "2/h"
    addresses = ["2001:db8:1:1::7", "2001:db8:1:2::7", "2001:db8:1:3::7", "2001:db8:2::7"]
    answers = [
        Client(REMOTE_ADDR=address).post(
            "/accounts/signup/", form(role="consumer", email=f"anna{number}@example.com")
        )
        for number, address in enumerate([*addresses, "192.0.2.1", "192.0.2.2", "192.0.2.3"])
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 429, 302, 302, 302, 302]
    assert User.objects.count() == 6
