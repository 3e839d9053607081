"""The page that suspended people get when they come back."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from messaging.decisions.actions import restore
from messaging.models import Conversation
from tests.rulings import suspend

from .acts import PASSWORD, prove

pytestmark = pytest.mark.django_db

TOLD = "Our staff have suspended this account"


def test_a_reloaded_page_says_so_instead_of_asking_to_log_in(
    shopper: User, moderator: User, conversation: Conversation, client_of: Any, settings: Any
) -> None:
    settings.SUPPORT_EMAIL = "help@shop.example.com"
    client = client_of(shopper)
    assert client.get(conversation.get_absolute_url()).status_code == 200
    suspend(moderator, shopper.pk, "Wrote a phone number")
    for page in (conversation.get_absolute_url(), "/accounts/profile/", "/accounts/email/"):
        answer = client.get(page)
        assert answer.status_code == 403
        assert TOLD in answer.text
        assert "help@shop.example.com" in answer.text
        assert "phone number" not in answer.text  # the reason is for the audit trail
    restore(moderator, shopper.pk, "A mistake")
    assert client.get(conversation.get_absolute_url()).status_code == 200


def test_a_form_gets_the_words_back(
    shopper: User, moderator: User, conversation: Conversation, client_of: Any
) -> None:
    client = client_of(shopper)
    suspend(moderator, shopper.pk, "Spam")
    form = {"body": "What I was writing"}
    answer = client.post(f"{conversation.get_absolute_url()}new_message/", form)
    assert answer.status_code == 403
    assert "What I was writing" in answer.text
    assert not conversation.messages.exists()


def test_only_the_right_password_tells_that_an_account_is_suspended(suspended: User) -> None:
    prove(suspended)
    form = {"login": suspended.email, "password": PASSWORD}
    answer = Client().post("/accounts/login/", form, follow=True)
    assert TOLD in answer.text
    answer = Client().post("/accounts/login/", form | {"password": "wrong"}, follow=True)
    assert TOLD not in answer.text


def test_a_visitor_is_asked_to_log_in(client_of: Any, shopper: User) -> None:
    assert Client().get("/conversations/").status_code == 302
    client = client_of(shopper)
    client.post("/accounts/logout/")
    assert client.get("/conversations/").status_code == 302
