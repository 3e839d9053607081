"""Pages that start where the previous page ended."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory, MessageFactory
from messaging.inbox import queries
from messaging.models import Conversation
from notifications import actions as notifications
from notifications.models import Notification
from notifications.queries import unread_and_latest
from trato.pagination import Cursor, Page, PageRequest

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, 30, 15, 123456, tzinfo=UTC)


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert Cursor.parse(str(Cursor(NOW, 17))) == Cursor(NOW, 17)


@pytest.mark.parametrize(
    "text", ["", "-", "1-", "-1", "1--1", "x-1", "1-x", "٣-1", "9" * 18 + "-1", "1-" + "9" * 19]
)
def test_nonsense_is_no_cursor(text: str) -> None:
    assert Cursor.parse(text) is None
    assert PageRequest.from_query(QueryDict(f"before={text}&after={text}")) == PageRequest()


@pytest.fixture
def inbox(shop: Shop) -> list[int]:
    """Seven conversations of the shop, newest first; some of them at the same time."""
    made = []
    for number in range(7):
        about = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
        MessageFactory(conversation=about, created_at=NOW + timedelta(seconds=number // 3))
        made.append(about.pk)
    return made[::-1]


def ids(page: Page[Conversation]) -> list[int]:
    return [row.pk for row in page.rows]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("unread_only", [False, True])
def test_pages_go_down_and_up_again_without_gaps_and_repeats(
    seller: User, inbox: list[int], settings: Any, size: int, unread_only: bool
) -> None:
    for row in Conversation.objects.filter(pk__in=inbox):
        notifications.notify(
            [seller.pk], subject_kind="conversation", subject_id=row.pk, title="", excerpt="",
            url="", happened_at=row.last_message_at,
        )  # fmt: skip
    settings.CONVERSATION_PAGE_SIZE = size
    pages = [queries.conversation_list(seller, unread_only=unread_only)]
    assert pages[0].newer is None
    while pages[-1].older:
        start = PageRequest(pages[-1].older)
        pages.append(queries.conversation_list(seller, start, unread_only=unread_only))
    assert [one for page in pages for one in ids(page)] == inbox
    page = pages.pop()
    while page.newer:
        start = PageRequest(page.newer, newer=True)
        page = queries.conversation_list(seller, start, unread_only=unread_only)
        assert ids(page) == ids(pages.pop())
    assert not pages


def test_what_arrives_meanwhile_moves_nothing_to_another_page(
    seller: User, shop: Shop, inbox: list[int], settings: Any
) -> None:
    settings.CONVERSATION_PAGE_SIZE = 3
    first = queries.conversation_list(seller)
    MessageFactory(
        conversation=ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=shop))
    )
    assert ids(queries.conversation_list(seller, PageRequest(first.older))) == inbox[3:6]


def test_a_list_of_several_shops_is_one_list(
    seller: User, shop: Shop, other_seller: User, inbox: list[int]
) -> None:
    other = other_seller.shops.get()
    other.members.add(seller)
    asked = ConversationFactory(consumer=seller, product=ProductFactory())
    heard = ConversationFactory(consumer=UserFactory(), product=ProductFactory(shop=other))
    for about in (asked, heard):
        MessageFactory(conversation=about, created_at=NOW - timedelta(days=1))
    assert ids(queries.conversation_list(seller)) == [*inbox, heard.pk, asked.pk]


def test_the_page_links_to_older_and_newer_ones_and_keeps_the_filter(
    seller: User, inbox: list[int], settings: Any, client_of: Any
) -> None:
    settings.CONVERSATION_PAGE_SIZE = 3
    client = client_of(seller)

    def shown(address: str) -> tuple[list[int], dict[str, str]]:
        html = client.get(address).text
        links = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', html))
        return [int(pk) for pk in re.findall(r'data-conversation="(\d+)"', html)], links

    first, links = shown("/conversations/")
    assert (first, set(links)) == (inbox[:3], {"next"})
    second, links = shown(f"/conversations/{links['next']}")
    assert (second, set(links)) == (inbox[3:6], {"prev", "next"})
    assert shown(f"/conversations/{links['prev']}")[0] == first
    _, links = shown("/conversations/?q=still&page=2")
    assert links["next"].startswith("?q=still&amp;")
    assert shown("/conversations/?before=1-1")[0] == first  # beyond the end


def test_the_newest_unread_comes_with_the_number_of_all(seller: User) -> None:
    for number in range(3):
        notifications.notify(
            [seller.pk], subject_kind="conversation", subject_id=number, title="", excerpt="",
            url="", happened_at=NOW + timedelta(seconds=number),
        )  # fmt: skip
    notifications.mark_read(seller, subject_kind="conversation", subject_id=2)
    assert unread_and_latest(seller) == ((2, 0), Notification.objects.get(news__subject_id=1))
    notifications.mark_all_read(seller)
    assert unread_and_latest(seller) == ((0, 0), None)
