"""The page before a link that staff warn about: only for the conversation's people and links."""

from typing import Any

import pytest

from accounts.models import User
from messaging import link_hosts
from messaging.editing.actions import edit, withdraw
from messaging.factories import MessageFactory
from messaging.models import Conversation, LinkHost, Message
from tests.said import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    LinkHost.objects.create(host="odd.example", action="warn")
    return say(shopper, conversation, "https://ok.example then https://pay.odd.example/x?a=1&b=2")


def page(client_of: Any, person: User | None, message: Message, place: int = 1) -> Any:
    path = f"/conversation/{message.conversation_id}/messages/{message.sequence}/links/{place}/"
    return client_of(person).get(path)


def test_it_shows_the_host_and_both_ways(
    shopper: User, seller: User, colleague: User, said: Message, client_of: Any
) -> None:
    for person in (seller, colleague, shopper):
        answer = page(client_of, person, said)
        assert answer.status_code == 200
        assert '<p class="leaving__host" dir="ltr">pay.odd.example</p>' in answer.text
        assert 'href="https://pay.odd.example/x?a=1&amp;b=2"' in answer.text
        assert 'rel="noopener noreferrer nofollow ugc"' in answer.text
        assert f'href="{said.conversation.page_of(1)}#message-1"' in answer.text
        assert answer.headers["Cache-Control"].count("no-store") == 1


def test_nobody_else_sees_it(
    stranger: User, other_seller: User, moderator: User, said: Message, client_of: Any
) -> None:
    for person in (stranger, other_seller, moderator):
        assert page(client_of, person, said).status_code == 404
    assert page(client_of, None, said).status_code == 302


def test_it_leads_nowhere_but_to_links_of_the_message(
    shopper: User, seller: User, said: Message, client_of: Any
) -> None:
    assert page(client_of, seller, said, place=2).status_code == 404
    path = f"/conversation/{said.conversation_id}/messages/1/links/1/?next=https://evil.example"
    assert 'href="https://evil.example' not in client_of(seller).get(path).text
    assert client_of(seller).post(path).status_code == 405
    edit(shopper, said.conversation_id, 1, "https://ok.example only")
    assert page(client_of, seller, said).status_code == 404
    assert page(client_of, seller, said, place=0).status_code == 200


def test_a_withdrawn_messages_link_is_gone(
    shopper: User, seller: User, said: Message, client_of: Any
) -> None:
    withdraw(shopper, said.conversation_id, 1)
    assert page(client_of, seller, said).status_code == 404


def test_a_host_that_is_blocked_meanwhile_has_no_way_on(
    seller: User, said: Message, client_of: Any
) -> None:
    LinkHost.objects.update(action="block")
    link_hosts.forget()
    answer = page(client_of, seller, said)
    assert answer.status_code == 200
    assert "so links in messages no longer lead there." in answer.text
    assert 'href="https://pay.odd.example' not in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "https://shop.example@evil.example",
        "https://127.0.0.1/",
        "//evil.example",
    ],
)
def test_what_isnt_clickable_has_no_page(
    text: str, shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    message = MessageFactory(conversation=conversation, sender=shopper, body=text)
    assert page(client_of, seller, message, place=0).status_code == 404
