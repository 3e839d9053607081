"""No cache keeps anything that belongs to one person, whatever page it is on."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from catalog.models import Product
from messaging.factories import MessageFactory
from messaging.models import Conversation

pytestmark = pytest.mark.django_db

# These are the same for everybody.
PUBLIC = {"/favicon.ico", "/health/", "/metrics", "/text.js", "/admin/jsi18n/"}
POST_ONLY = {
    "/conversations/acts/",
    "/conversations/acts/choices/",
    "/accounts/demo-login/",
    "/language/setlang/",
    "/accounts/logout/",
}


def plain_addresses(patterns: Any = None, before: str = "/") -> list[str]:
    """Return every URL of the site without parameters."""
    addresses: list[str] = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(entry.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
        if isinstance(entry, URLResolver):
            addresses += plain_addresses(entry.url_patterns, path)
        elif isinstance(entry, URLPattern) and not re.search(r"[<(?\[]", path):
            addresses.append(path)
    return addresses


def cache_control(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code < 500
    return str(answer.get("Cache-Control", ""))


@pytest.fixture
def chief(moderator: User) -> User:
    """Somebody who may see every page of the admin."""
    moderator.is_superuser = True
    moderator.save()
    return moderator


def test_no_plain_address_may_be_kept_by_a_cache(chief: User, client_of: Any) -> None:
    addresses = plain_addresses()
    assert {"/conversations/", "/accounts/profile/", "/admin/", "/notifications/"} <= {*addresses}
    client = client_of(chief)
    kept = [
        address
        for address in addresses
        if address not in PUBLIC | POST_ONLY and "no-store" not in cache_control(client, address)
    ]
    assert kept == []


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_no_page_of_a_conversation_may_be_kept_by_a_cache(
    accept: str, seller: User, shopper: User, conversation: Conversation, client_of: Any
) -> None:
    MessageFactory(conversation=conversation)
    client, at = client_of(seller), conversation.get_absolute_url()
    for address in (
        at,
        f"{at}?before=2",
        f"{at}search/?words=still",
        f"{at}messages/?since=0",
        f"{at}messages/1/report/",
        f"{at}read.gif?sequence=1",
        "/conversation/999999/",  # the page that refuses access contains the person's name
        "/accounts/profile/",
    ):
        assert "no-store" in cache_control(client, address, accept=accept), address
    assert "no-store" in cache_control(client, "/conversations/", x_fragment="list")


def test_a_persons_public_page_is_private_and_a_visitors_is_not(
    shopper: User, product: Product, client_of: Any
) -> None:
    address = product.get_absolute_url()
    assert cache_control(client_of(shopper), address) == "private, no-store"
    assert cache_control(client_of(None), address) == "private"
    for client in (client_of(shopper), client_of(None)):
        assert cache_control(client, "/text.js") == ""


def test_a_visitors_page_with_a_kept_question_is_private(product: Product, client_of: Any) -> None:
    visitor = client_of(None)
    visitor.post(f"{product.get_absolute_url()}contact/", {"body": "Is it blue?"})
    assert "no-store" in cache_control(visitor, "/accounts/login/")
    assert "no-store" in cache_control(visitor, product.get_absolute_url())
