"""Lists in the admin that grow forever: searched by people and keys, counted up to a limit."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory, ShopFactory
from messaging.factories import ConversationFactory, MessageFactory, ParticipantFactory
from messaging.models import Message
from notifications.factories import NotificationFactory
from trato.admin import bases

pytestmark = pytest.mark.django_db

LISTS = [
    "messaging/conversation",
    "messaging/message",
    "messaging/participant",
    "notifications/notification",
]


@pytest.fixture
def rows() -> tuple[Message, Message]:
    """Messages from two people, each with everything that belongs to a message."""
    made = []
    for name in ("Ines Ferrer", "Noor Bakker"):
        product = ProductFactory(shop=ShopFactory(name=f"Shop of {name}"), title=f"{name}'s bowl")
        message = MessageFactory(
            conversation=ConversationFactory(product=product, consumer=UserFactory(name=name))
        )
        ParticipantFactory(conversation=message.conversation)
        NotificationFactory(recipient=message.sender, news__subject_id=message.conversation_id)
        made.append(message)
    return made[0], made[1]


def shown(page: str) -> int:
    return page.count('class="action-checkbox"') or page.count('class="field-id"')


@pytest.mark.parametrize("name", LISTS)
def test_a_search_finds_a_persons_rows_and_the_rows_of_a_conversation(
    name: str, chief: User, client_of: Any, rows: tuple[Message, Message]
) -> None:
    client, (wanted, other) = client_of(chief), rows
    for query in (wanted.sender.name.upper(), wanted.sender.email, str(wanted.conversation_id)):
        page = client.get(f"/admin/{name}/", {"q": query}).text
        assert shown(page) == 1, query
        assert str(wanted.sender) in page or f">{wanted.conversation_id}<" in page
        assert str(other.sender) not in page
    for query in ("nobody of that name", "9" * 30, "'\"%_\\"):
        assert shown(client.get(f"/admin/{name}/", {"q": query}).text) == 0, query
    assert shown(client.get(f"/admin/{name}/").text) == 2


def test_conversations_are_found_by_shop_and_product_too(
    chief: User, client_of: Any, rows: tuple[Message, Message]
) -> None:
    for query in ("shop of ines", "ines ferrer's bowl"):
        page = client_of(chief).get("/admin/messaging/conversation/", {"q": query}).text
        assert shown(page) == 1


@pytest.mark.parametrize("name", LISTS)
def test_no_list_counts_beyond_what_can_be_paged_through(
    name: str, chief: User, client_of: Any, rows: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bases, "PAGED_MAX", 1)
    with CaptureQueriesContext(connection) as asked:
        client_of(chief).get(f"/admin/{name}/")
    counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
    table = name.replace("/", "_")
    assert [sql for sql in counts if table in sql]
    badge = '"recipient_id" ='
    assert all("LIMIT 1" in sql or badge in sql for sql in counts if table in sql)
