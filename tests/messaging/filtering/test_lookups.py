"""The reads of a list whose filter leaves few conversations."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from messaging import access, inbox_order
from messaging.factories import ConversationFactory
from messaging.filtering import queries, small_results
from messaging.filtering.filters import Filter
from messaging.models import (
    SUBJECT_KIND,
    Conversation,
    ConversationLabel,
    Label,
    Participant,
    hour_of,
)  # fmt: skip
from notifications import actions as notifications
from trato.pagination import FIRST_PAGE, PageRequest

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
STARRED, PAGE = 80, 3  # conversations
LONG_LIST = re.compile(r"\d+(?:, ?\d+){2,}")


@pytest.fixture
def product(shop: Shop) -> Product:
    made: Product = ProductFactory(shop=shop)
    return made


@pytest.fixture
def starred(seller: User, product: Product) -> list[Conversation]:
    """Conversations about the same product, all assigned and starred, newest first."""
    rows = Conversation.objects.bulk_create(
        Conversation(
            consumer=person, shop_id=product.shop_id, product=product, assignee=seller,
            last_sequence=1, revision=1, turn="seller", waiting_since=at,
            last_message_at=at, last_message_hour=hour_of(at),
        )
        for person, at in (
            (UserFactory(), NOON - timedelta(minutes=n)) for n in range(STARRED)
        )
    )  # fmt: skip
    Participant.objects.bulk_create(
        Participant(conversation=row, user=seller, side="seller", starred_at=NOON) for row in rows
    )
    return rows


def looked_up(seller: User, wanted: Filter) -> tuple[list[int], list[int]]:
    """Return a first page, and how many IDs are in each statement that looks up other marks."""
    with CaptureQueriesContext(connection) as asked:
        page = queries.page_of(access.scope_of(seller), wanted, FIRST_PAGE, PAGE)
    named = [
        len(max(LONG_LIST.findall(query["sql"]), key=len, default="").split(","))
        for query in asked.captured_queries
        if "EXISTS" in query["sql"] and "messaging_participant" in query["sql"]
    ]
    return [row.pk for row in page.rows], named


@pytest.mark.parametrize("part", ["starred", "assigned", "product"])
def test_only_a_page_of_a_filter_is_looked_up(
    seller: User, starred: list[Conversation], part: str
) -> None:
    values = {"starred": True, "assigned": "me", "product": starred[0].product_id}
    wanted = Filter(**{part: values[part]}, lane="ours")  # type: ignore[arg-type]
    rows, named = looked_up(seller, wanted)
    assert rows == [row.pk for row in starred[:PAGE]]
    assert named
    assert max(named) <= 2 * (PAGE + 1)


def test_a_page_goes_on_behind_what_is_put_away(seller: User, starred: list[Conversation]) -> None:
    away = [row.pk for row in starred[:-5]]
    Participant.objects.filter(conversation__in=away).update(archived_sequence=1)
    rows, named = looked_up(seller, Filter(starred=True))
    assert rows == [row.pk for row in starred[-5:-2]]
    assert len(named) <= 3
    scope, wanted = access.scope_of(seller), Filter(starred=True)
    first = queries.page_of(scope, wanted, FIRST_PAGE, PAGE)
    rest = queries.page_of(scope, wanted, PageRequest(first.older), PAGE)
    assert [row.pk for row in rest.rows] == [row.pk for row in starred[-2:]]


def test_only_what_has_both_a_star_and_a_label_is_read(
    seller: User, product: Product, starred: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_results, "SMALL_MAX", 10)
    label = Label.objects.create(shop_id=product.shop_id, name="Gift", folded_name="gift")
    others: list[Conversation] = [
        ConversationFactory(consumer=UserFactory(), product=product) for _ in range(12)
    ]
    ConversationLabel.objects.bulk_create(
        ConversationLabel(conversation=row, label=label) for row in (*starred[::20], *others)
    )
    with CaptureQueriesContext(connection) as asked:
        rows = queries.ids_of(access.scope_of(seller), Filter(starred=True, label=label.pk), 10)
    assert rows == [row.pk for row in starred[::20]]
    lists = [LONG_LIST.findall(query["sql"]) for query in asked.captured_queries]
    named = [len(ids.split(",")) for some in lists for ids in some]
    assert named
    assert max(named) == len(rows)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's plans")
def test_a_list_of_the_unread_reads_no_other_conversations(
    seller: User, shop: Shop, starred: list[Conversation]
) -> None:
    people = User.objects.bulk_create(
        User(email=f"s{n}@example.com", name=f"Person {n}") for n in range(1000)
    )
    Conversation.objects.bulk_create(
        Conversation(
            consumer=person, shop=shop, last_sequence=1, last_message_at=NOON,
            last_message_hour=NOON,
        )
        for person in people
    )  # fmt: skip
    for row in starred:
        notifications.notify(
            [seller.pk], subject_kind=SUBJECT_KIND, subject_id=row.pk, title="News", excerpt="",
            url="/",
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = inbox_order.upcoming(access.scope_of(seller), FIRST_PAGE, 100, unread_only=True)
    assert {pk for pk, _at in rows} == {row.pk for row in starred}
    plan = rows.explain()
    assert "Seq Scan on messaging_conversation" not in plan, plan
