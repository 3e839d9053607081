"""The indexes behind the search: what fills them, and which statements use them."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.factories import ShopFactory
from catalog.models import Product, Shop
from messaging.contact import queries as contact
from messaging.inbox import queries
from messaging.models import Conversation, Message, Note, hour_of

from .hits import hits

pytestmark = pytest.mark.django_db

ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.mark.skipif(ON_POSTGRESQL, reason="SQLite's triggers")
def test_every_migration_leaves_the_triggers_that_fill_the_search_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' "
            "AND name LIKE 'messaging_%words_%' GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [("messaging_message", 3), ("messaging_note", 3)]


def test_a_deleted_message_leaves_the_search_table_sound(
    seller: User, conversation: Conversation, said: Callable[[str], Message]
) -> None:
    gone = said("kiln")
    said("lamp")
    gone.delete()
    assert hits(seller, "kiln") == []
    assert hits(seller, "lamp") == [conversation.pk]
    if not ON_POSTGRESQL:
        with connection.cursor() as cursor:  # raises if table and index disagree
            cursor.execute("INSERT INTO messaging_words(messaging_words) VALUES('integrity-check')")


@pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL's plans")
def test_lists_and_searches_of_a_big_shop_read_no_table_from_end_to_end(
    seller: User, shop: Shop, product: Product
) -> None:
    """With sequential scans off, indexes suffice; `make bench-pages` shows the planner's choice."""
    shops: list[Shop] = [shop, *(ShopFactory() for _ in range(3))]
    shoppers = User.objects.bulk_create(
        User(email=f"s{n}@example.com", name=f"Person {n}") for n in range(1500)
    )
    made = Conversation.objects.bulk_create(
        Conversation(
            consumer=person, shop=shops[n % 4], last_sequence=4, revision=4,
            last_message_at=person.date_joined, last_message_hour=hour_of(person.date_joined),
        )
        for n, person in enumerate(shoppers)
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(
            conversation=about, sender_id=about.consumer_id, side="consumer",
            sequence=n, revision=n, client_id=uuid.uuid4(),
            body=f"Word {about.pk % 97} and number {about.pk}-{n}",
        )
        for about in made
        for n in range(1, 5)
    )  # fmt: skip
    Note.objects.bulk_create(
        Note(
            conversation=about, author=seller, number=1, team_revision=1, client_id=uuid.uuid4(),
            body=f"Remember {about.pk % 97} and number {about.pk}",
        )
        for about in made
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = plans_of(
        lambda: (
            queries.conversation_list(seller),
            queries.conversation_list(seller, unread_only=True),
            queries.conversation_list(seller, words=str(made[0].pk)),
            contact.shop_answers(shop.pk, product.pk, seller.pk),
        )
    )
    assert len(plans) > 8
    for table in ("message", "conversation", "participant", "note"):
        offending = [plan for plan in plans if f"Seq Scan on messaging_{table}" in plan]
        assert not offending, "\n\n".join(offending)


def plans_of(read: Callable[[], object]) -> list[str]:
    """Return the plan of every SELECT that `read` makes."""
    with CaptureQueriesContext(connection) as asked:
        read()
    plans = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if not query["sql"].startswith("EXPLAIN"):
                cursor.execute(f"EXPLAIN {query['sql']}")
                plans.append("\n".join(row for (row,) in cursor))
    return plans
