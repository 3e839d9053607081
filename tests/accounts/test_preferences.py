"""A person's language and time zone follow them to every device, and into their emails."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation

from .acts import PASSWORD, prove

pytestmark = pytest.mark.django_db

PROFILE = "/accounts/profile/"


def log_in(user: User, **headers: str) -> Client:
    prove(user)
    client = Client()
    form = {"login": user.email, "password": PASSWORD}
    assert client.post("/accounts/login/", form, headers=headers).status_code == 302
    return client


def test_a_new_device_speaks_the_persons_language(shopper: User) -> None:
    User.objects.filter(pk=shopper.pk).update(language="es")
    client = log_in(shopper, **{"accept-language": "en"})
    assert '<html lang="es">' in client.get("/", headers={"accept-language": "en"}).text


def test_the_first_login_stores_the_language_of_the_page(shopper: User) -> None:
    log_in(shopper, **{"accept-language": "es"})
    shopper.refresh_from_db()
    assert shopper.language == "es"


def test_the_switch_on_each_page_stores_the_choice_of_who_is_logged_in(
    shopper: User, stranger: User, client_of: Any
) -> None:
    client_of(shopper).post("/language/setlang/", {"language": "es", "next": "/"})
    Client().post("/language/setlang/", {"language": "es", "next": "/"})
    client_of(shopper).post("/language/setlang/", {"language": "tlh", "next": "/"})
    shopper.refresh_from_db()
    stranger.refresh_from_db()
    assert (shopper.language, stranger.language) == ("es", "")


def test_mails_are_in_the_persons_language(shopper: User) -> None:
    prove(shopper)
    User.objects.filter(pk=shopper.pk).update(language="es", time_zone="Asia/Tokyo")
    Client().post(
        "/accounts/password/reset/", {"email": shopper.email}, headers={"accept-language": "en"}
    )
    assert "contraseña" in str(mail.outbox[-1].body)


def test_the_profile_changes_both_and_the_next_page_shows_it(
    shopper: User, client_of: Any, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation)
    client = client_of(shopper)
    form = {"name": shopper.name, "language": "es", "time_zone": "Asia/Tokyo"}
    assert client.post(PROFILE, form).status_code == 302
    page = client.get(conversation.get_absolute_url())
    assert '<html lang="es">' in page.text
    assert "JST" in page.text
    client.post(PROFILE, form | {"time_zone": ""})
    assert "JST" not in client.get(conversation.get_absolute_url()).text


@pytest.mark.parametrize("change", [{"language": "tlh"}, {"time_zone": "Mars/Phobos"}])
def test_what_nobody_speaks_or_sets_clocks_by_is_refused(
    change: dict[str, str], shopper: User, client_of: Any
) -> None:
    form = {"name": shopper.name, "language": "es", "time_zone": ""} | change
    assert client_of(shopper).post(PROFILE, form).status_code == 400
    shopper.refresh_from_db()
    assert (shopper.language, shopper.time_zone) == ("", "")


def test_the_choice_comes_before_the_browsers_zone(
    shopper: User, client_of: Any, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation)
    client = client_of(shopper)
    client.cookies["timezone"] = "Asia/Tokyo"
    assert "JST" in client.get(conversation.get_absolute_url()).text
    client.cookies["timezone_chosen"] = "Asia/Kolkata"
    assert "IST" in client.get(conversation.get_absolute_url()).text
    client.cookies["timezone_chosen"] = "../../etc/passwd"
    assert "JST" in client.get(conversation.get_absolute_url()).text
