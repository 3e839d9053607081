"""A refused form shows its author's text again, and nobody else's."""

import html
import uuid
from importlib import import_module
from itertools import chain
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import OperationalError
from django.forms import BaseForm, Textarea
from django.test import Client, RequestFactory

from accounts.models import User
from catalog import access
from catalog.models import Product, ShopMember
from config import refused_forms
from messaging import actions
from messaging.models import Conversation, Message
from tests.products import form_for

pytestmark = pytest.mark.django_db

WORDS = "Ten lines about the glaze & the <wheel>"
OURS = ("accounts", "catalog", "messaging", "notifications", "trato")
SHOWN = "Ten lines about the glaze &amp; the &lt;wheel&gt;</textarea>"


@pytest.fixture
def thread(conversation: Conversation) -> str:
    return f"{conversation.get_absolute_url()}new_message/"


@pytest.fixture
def form() -> dict[str, str]:
    return {"body": WORDS, "client_id": str(uuid.uuid4())}


def test_a_form_without_its_token_gives_the_words_back(
    thread: str, form: dict[str, str], shopper: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(shopper)
    headers = {"origin": "http://testserver", "referer": "http://testserver/conversation/7/?a=b"}
    answer = client.post(thread, form, headers=headers)
    assert (answer.status_code, Message.objects.count()) == (403, 0)
    assert SHOWN in answer.text
    assert 'href="/conversation/7/?a=b"' in answer.text
    script = client.post(thread, form, headers={**headers, "accept": "application/json"})
    assert (script.status_code, script.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_words_of_another_site_are_not_shown(
    origin: str, thread: str, form: dict[str, str], shopper: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(shopper)
    for address in (thread, "/nothing/"):
        answer = client.post(address, form, headers={"origin": origin, "referer": f"{origin}/x"})
        assert answer.status_code in (403, 404)
        assert "glaze" not in answer.text
        assert "evil" not in answer.text


def test_all_that_people_write_in_forms_counts_as_words() -> None:
    import_module(settings.ROOT_URLCONF)
    forms = [form for form in subclasses(BaseForm) if form.__module__.split(".")[0] in OURS]
    site = RequestFactory().get("/admin/")
    site.user = User(is_superuser=True, is_active=True, is_staff=True)
    pages = admin.site._registry.values()
    forms += [page.get_form(site) for page in pages if page.has_change_permission(site)]
    names = {
        (form.__module__, name)
        for form in forms
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, Textarea)
    }
    assert {name for _module, name in names} >= {"body", "until_words", "explanation", "text_en"}
    assert {one for one in names if one[1] not in refused_forms.WORDS} == set()


def test_what_was_chosen_comes_back_too(product: Product, client_of: Any) -> None:
    values = form_for(product, category=product.category.pk, shop=product.shop.pk)
    answer = client_of(None).post("/my/products/new/", values)
    assert answer.status_code == 401
    for line in (f"Category: {product.category}", f"Shop: {product.shop}"):
        assert line in html.unescape(answer.text)
    for field, value, line in (
        ("country", "ES", "Country: Spain"),
        ("level", "mine", "Which messages of shoppers alert you: "),
        ("language", "es", "Language: "),
    ):
        assert line in client_of(None).post("/conversations/hours/", {field: value}).text


def test_a_broken_database_is_not_asked_for_what_was_chosen(
    product: Product, seller: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **extras: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(access, "shops_of", fail)
    monkeypatch.setattr(refused_forms, "_rows", fail)
    values = form_for(product, description=WORDS)
    answer = client_of(seller).post("/my/products/new/", values)
    assert (answer.status_code, SHOWN in answer.text) == (503, True)


def subclasses(kind: type[Any]) -> list[type[Any]]:
    direct = kind.__subclasses__()
    return [*direct, *chain.from_iterable(map(subclasses, direct))]


@pytest.mark.parametrize("field", ["until_words", "explanation", "text_es", "note", "label_en"])
def test_words_of_later_forms_come_back_too(field: str, client_of: Any) -> None:
    answer = client_of(None).post("/conversations/away/", {"act": "away", field: WORDS})
    assert (answer.status_code, SHOWN in answer.text) == (401, True)


def test_a_form_after_the_logout_gives_the_words_back(
    thread: str, form: dict[str, str], client_of: Any
) -> None:
    headers = {"referer": "http://testserver/conversation/7/"}
    answer = client_of(None).post(thread, form, headers=headers)
    assert answer.status_code == 401
    assert SHOWN in answer.text
    assert "/accounts/login/?next=/conversation/7/" in answer.text
    assert not Message.objects.exists()


def test_neither_is_a_logout_called_a_login_where_the_token_is_old_too(
    thread: str, form: dict[str, str], shopper: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    headers = {"origin": "http://testserver", "referer": "http://testserver/conversation/7/"}
    answer = client.post(thread, {**form, "page_user": shopper.pk}, headers=headers)
    assert (answer.status_code, SHOWN in answer.text) == (401, True)
    assert "/accounts/login/?next=/conversation/7/" in answer.text
    visitors = client.post(thread, form, headers=headers)
    assert (visitors.status_code, "logged in or out" in visitors.text) == (403, True)


def test_a_product_form_after_the_logout_gives_the_words_back(
    product: Product, client_of: Any
) -> None:
    for address in ("/my/products/new/", f"/my/products/{product.slug}/"):
        answer = client_of(None).post(address, form_for(product, description=WORDS))
        assert answer.status_code == 401
        assert SHOWN in answer.text


def test_a_report_after_the_logout_gives_the_words_back(
    conversation: Conversation, client_of: Any
) -> None:
    address = f"{conversation.get_absolute_url()}messages/1/report/"
    answer = client_of(None).post(address, {"reason": "spam", "words": WORDS})
    assert (answer.status_code, SHOWN in answer.text) == (401, True)


def test_the_admin_after_the_logout_gives_the_words_back(shopper: User, client_of: Any) -> None:
    answer = client_of(None).post(f"/admin/accounts/user/{shopper.pk}/suspend/", {"reason": WORDS})
    assert (answer.status_code, SHOWN in answer.text) == (401, True)


def test_who_is_suspended_gets_the_words_back(
    thread: str, form: dict[str, str], shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    answer = client.post(thread, form)
    assert (answer.status_code, SHOWN in answer.text) == (403, True)
    assert not Message.objects.exists()


def test_who_is_no_longer_of_the_shop_gets_the_words_back(
    thread: str, form: dict[str, str], colleague: User, client_of: Any
) -> None:
    ShopMember.objects.filter(user=colleague).delete()
    answer = client_of(colleague).post(thread, form)
    assert (answer.status_code, SHOWN in answer.text) == (404, True)


@pytest.mark.parametrize("limit", [30, 5])
def test_who_is_too_fast_gets_the_words_back(
    limit: int, thread: str, product: Product, shopper: User, client_of: Any, settings: Any
) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    client = client_of(shopper)
    for status in (302, 429):
        answer = client.post(thread, {"body": WORDS, "client_id": str(uuid.uuid4())})
        assert answer.status_code == status
    assert SHOWN in answer.text


@pytest.mark.parametrize("error", [OperationalError, ZeroDivisionError])
def test_words_come_back_when_we_are_broken(
    error: type[Exception],
    thread: str,
    form: dict[str, str],
    shopper: User,
    client_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: Any, **extras: Any) -> None:
        raise error

    monkeypatch.setattr(actions, "send_from_form", fail)
    client = client_of(shopper)
    client.raise_request_exception = False
    answer = client.post(thread, form)
    assert answer.status_code == (503 if error is OperationalError else 500)
    assert SHOWN in answer.text


def test_a_password_never_stands_in_a_refusal() -> None:
    client = Client(enforce_csrf_checks=True)
    secret = "correct horse battery"
    for address in ("/accounts/login/", "/accounts/signup/", "/nothing/"):
        form = dict.fromkeys(("password", "password1", "oldpassword", "code", "login"), secret)
        answer = client.post(address, form)
        assert answer.status_code in (403, 404)
        assert secret not in answer.text


def test_a_login_page_that_was_not_asked_for_stays_one(client_of: Any, product: Product) -> None:
    client = client_of(None)
    assert client.get("/my/products/new/").status_code == 302
    kept = client.post(f"{product.get_absolute_url()}contact/", {"body": WORDS})
    assert kept.status_code == 302
