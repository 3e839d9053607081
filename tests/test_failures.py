"""The error pages: friendly, in the reader's language, and all reachable."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path

from accounts.models import User
from config import urls
from messaging.models import Conversation

pytestmark = pytest.mark.django_db

WORDS = {
    400: ("That didn't work", "No ha funcionado"),
    403: ("You don't have access to this page", "No tienes acceso a esta página"),
    404: ("We can't find that page", "No encontramos esa página"),
    413: ("That's too large", "Es demasiado grande"),
    429: ("One moment, please", "Un momento, por favor"),
    500: ("Something went wrong on our side", "Algo ha fallado por nuestra parte"),
}
LANGUAGES = ["en", "es"]


def explode(request: Any) -> Any:
    raise ZeroDivisionError


urlpatterns = [*urls.urlpatterns, path("explode/", explode)]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def ask(client: Client, language: str, method: str, address: str, *args: Any, **more: Any) -> Any:
    client.raise_request_exception = False
    return getattr(client, method)(
        address, *args, headers={"accept-language": language, **more.pop("headers", {})}, **more
    )


def is_friendly(answer: Any, status: int, language: str) -> bool:
    """Whether it is our page, in the right language, with a link back."""
    words = WORDS[status][LANGUAGES.index(language)]
    assert answer.status_code == status
    assert words in answer.text
    assert f'<html lang="{language}"' in answer.text
    return 'href="/"' in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_400_for_a_request_that_makes_no_sense(language: str) -> None:
    assert is_friendly(ask(Client(), language, "get", "/products/?q=%ff"), 400, language)
    evil = ask(Client(), language, "get", "/", headers={"host": "evil.example"})
    assert is_friendly(evil, 400, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_403_for_who_may_not(language: str, shop: Any, colleague: User, client_of: Any) -> None:
    form = {"shop": shop.pk, "email": "x@example.com"}
    answer = ask(client_of(colleague), language, "post", "/my/team/", form)
    assert is_friendly(answer, 403, language)


@pytest.mark.parametrize(("language", "words"), [("en", "Please send it again"), ("es", "Envía")])
def test_403_for_a_form_of_another_site(
    language: str, words: str, shopper: User, conversation: Conversation
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(shopper)
    address = f"{conversation.get_absolute_url()}new_message/"
    headers = {"origin": "https://evil.example"}
    answer = ask(client, language, "post", address, {"body": "x"}, headers=headers)
    assert answer.status_code == 403
    assert words in answer.text
    assert not conversation.messages.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_404_for_what_is_not_there(language: str, shopper: User, client_of: Any) -> None:
    for client in (Client(), client_of(shopper)):
        assert is_friendly(ask(client, language, "get", "/nothing/"), 404, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_413_for_what_is_too_big(
    language: str, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    address = f"{conversation.get_absolute_url()}new_message/"
    form = {"body": "x" * 3 * 2**20, "client_id": "x"}
    for client in (client_of(shopper), Client(enforce_csrf_checks=True)):
        sent = {"content_type": "application/x-www-form-urlencoded"}
        answer = ask(client, language, "post", address, f"body={form['body']}", **sent)
        assert is_friendly(answer, 413, language)
    script = ask(client_of(shopper), language, "post", address, form,
                 headers={"accept": "application/json"})  # fmt: skip
    assert (script.status_code, script.json()["code"]) == (413, "too_long")
    assert not conversation.messages.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_429_for_who_is_too_fast(language: str) -> None:
    client = Client()
    form = {"email": "somebody@example.com"}
    address = "/accounts/password/reset/"
    answer = ask(client, language, "post", address, form)
    assert answer.status_code == 302
    # The limit is 20 a minute. While Redis is slow, each process keeps its own count.
    for _ in range(2 * 20):
        if answer.status_code == 302:
            answer = ask(client, language, "post", address, form)
    assert is_friendly(answer, 429, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.urls("tests.test_failures")
def test_500_for_what_broke(language: str, shopper: User, client_of: Any) -> None:
    for client in (Client(), client_of(shopper)):
        assert is_friendly(ask(client, language, "get", "/explode/"), 500, language)
        script = ask(client, language, "get", "/explode/", headers={"accept": "application/json"})
        assert (script.status_code, script.json()["type"]) == (500, "error")


@pytest.mark.parametrize("name", ["413_alone", "500", "503"])
def test_a_plain_page_needs_no_request_no_database_no_manifest_and_nothing_inline(
    name: str, settings: Any, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": storage}}
    settings.STATIC_ROOT = tmp_path  # where static files were not collected
    with django_assert_num_queries(0):
        page = render_to_string(f"{name}.html")
    files = re.findall(r'href="/static/([^"#]+)', page)
    assert files
    assert all(map(finders.find, files))
    assert not re.search(r"<script|<style|style=", page)  # the policy would refuse them


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (400, "invalid")])
def test_a_script_is_told_by_a_frame(status: int, code: str) -> None:
    address = {404: "/nothing/", 400: "/products/?q=%ff"}[status]
    answer = ask(Client(), "en", "get", address, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"] == WORDS[status][0]
