"""Responses tell caches what they depend on besides their URL."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from accounts.models import User
from messaging.factories import MessageFactory
from messaging.models import Conversation

pytestmark = pytest.mark.django_db

ASKED = {
    "Accept": "application/json",
    "X-Requested-With": "XMLHttpRequest",
    "X-Fragment": "list",
    "Accept-Language": "es",
    "Cookie": "django_language=es; timezone=Asia/Tokyo",
}


def comparable(answer: HttpResponse) -> tuple[Any, ...]:
    """Return a response without what always differs: nonces, CSRF tokens and the time."""
    text = answer.text if answer.headers.get("Content-Type", "").startswith("text") else ""
    text = re.sub(r'nonce="[^"]+"|value="[\w-]{36,}"|data-now="[^"]+"', "", text)
    return answer.status_code, answer.headers.get("Content-Type"), text


def varies(answer: HttpResponse) -> set[str]:
    return set(answer.headers.get("Vary", "").split(", "))


@pytest.mark.parametrize("header", ASKED)
@pytest.mark.parametrize("reader", ["visitor", "shopper"])
def test_what_a_header_changes_is_named_in_vary(
    header: str, reader: str, client_of: Any, shopper: User, conversation: Conversation
) -> None:
    message = MessageFactory(conversation=conversation)
    thread = conversation.get_absolute_url()
    product = message.conversation.product
    client = client_of(shopper if reader == "shopper" else None)
    addresses = [
        "/", "/products/", product.get_absolute_url(), product.shop.get_absolute_url(),
        "/conversations/", "/conversations/rows/", thread, f"{thread}messages/",
        "/notifications/", "/notifications/rows/", "/notifications/unread/", "/accounts/login/",
        "/accounts/signup/", "/accounts/email/", "/accounts/profile/", "/text.js", "/nothing/",
        "/conversation/999/",
    ]  # fmt: skip
    asked = ASKED[header]
    if header == "Cookie":
        asked = f"{asked}; {client.cookies.output(header='', sep=';')}"
    differing = []
    for address in addresses:
        plain, other = client.get(address), client.get(address, headers={header: asked})
        if comparable(plain) != comparable(other):
            differing.append(address)
            assert header in varies(plain) & varies(other), address
    assert bool(differing) == (header != "X-Fragment")


@pytest.mark.parametrize("address", ["/conversations/", "/notifications/"])
def test_the_rows_of_a_list_are_kept_by_no_cache(
    address: str, client_of: Any, shopper: User, conversation: Conversation
) -> None:
    MessageFactory(conversation=conversation, sender=shopper, body="Is it still there?")
    client = client_of(shopper)
    page, rows = client.get(address), client.get(f"{address}rows/")
    assert page.text.count("<html") == 1
    assert "<html" not in rows.text
    assert "no-store" in rows.headers["Cache-Control"]
    assert client_of(None).get(f"{address}rows/").status_code == 302
