"""The inbox counts messages, and the bell counts everything else."""

import json
import random
import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation
from notifications import actions, queries
from notifications.models import Notification
from tests.patience import PATIENCE
from tests.said import say
from tests.unread import unread_count

pytestmark = pytest.mark.django_db


def tell(person: User, kind: str = "decision", number: int = 1, team: int | None = None) -> None:
    actions.notify(
        [person.pk],
        subject_kind=kind,
        subject_id=number,
        title="Speckled bowl",
        excerpt="remove" if kind == "decision" else "spam",
        url=f"/conversation/{number}/",
        team_id=team,
    )


def numbers(html: str) -> dict[str, int]:
    """Return the numbers on the header's visible badges, by what they count."""
    badges = re.findall(r'class="badge" data-badge="(\w+)" (hidden)?>(\d+)<', html)
    assert len(badges) == 2
    return {kind: int(number) for kind, hidden, number in badges if not hidden}


@pytest.mark.parametrize("seed", range(5))
def test_every_count_equals_a_plain_recount(
    seed: int, shop: Shop, seller: User, colleague: User, shopper: User, stranger: User
) -> None:
    dice = random.Random(seed)
    people = [seller, colleague, shopper, stranger]
    for _ in range(60):
        person = dice.choice(people)
        kind, number = dice.choice(["conversation", "decision", "report"]), dice.randrange(6)
        if dice.random() < 0.3:
            actions.mark_read(person, subject_kind=kind, subject_id=number)
        else:
            # Some are notified as members without being members.
            tell(person, kind, number, dice.choice([None, shop.pk]))
    for person in people:
        rows = Notification.objects.filter(recipient=person, read_at=None)
        shown = [row for row in rows if person in (seller, colleague) or not row.team_id]
        notices = [row for row in shown if row.news.subject_kind != "conversation"]
        count = (len(shown), len(notices))
        assert queries.unread_counts([person.pk, 10**6])[person.pk] == count
        assert queries.unread_and_now(person.pk)[0] == count
        assert queries.unread_and_latest(person)[0] == count
        assert unread_count(person.pk) == count[0]


def test_a_notice_is_counted_at_the_bell_and_not_at_the_inbox(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    client = client_of(shopper)
    page = client.get("/products/").text
    assert numbers(page) == {}
    assert re.search(r'title="Notices"\s+hidden', page)
    say(seller, conversation)
    assert numbers(client.get("/products/").text) == {"conversations": 1}
    tell(shopper)
    tell(shopper, "report")
    page = client.get("/products/").text
    assert numbers(page) == {"conversations": 1, "notices": 2}
    assert not re.search(r'title="Notices"\s+hidden', page)
    actions.mark_read(shopper, subject_kind="conversation", subject_id=conversation.pk)
    assert numbers(client.get("/products/").text) == {"notices": 2}


def test_the_bell_leads_to_the_notices_alone(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    say(seller, conversation, "Yes, it is.")
    tell(shopper)
    client = client_of(shopper)
    page = client.get("/notifications/?notices=1").text
    assert "We removed your message" in page
    assert "Yes, it is." not in page
    for address in ("/notifications/", "/notifications/rows/"):
        assert "We removed your message" in client.get(address).text
        assert "Yes, it is." in client.get(address).text
    assert "Yes, it is." not in client.get("/notifications/rows/?notices=1").text


@pytest.mark.parametrize(("sent", "left"), [({"notices": "1"}, (1, 0)), ({}, (0, 0))])
def test_notices_can_be_marked_as_read_alone(
    sent: dict[str, str],
    left: tuple[int, int],
    shopper: User,
    seller: User,
    conversation: Conversation,
    client_of: Any,
) -> None:
    say(seller, conversation)
    tell(shopper)
    answer = client_of(shopper).post("/notifications/read/", sent | {"page_user": shopper.pk})
    assert answer.status_code == 302
    assert queries.unread_counts([shopper.pk])[shopper.pk] == left


def test_the_newest_notice_can_be_asked_for_a_toast(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    client = client_of(shopper)
    say(seller, conversation)
    assert client.get("/notifications/unread/?notices=1").json()["latest"] is None
    tell(shopper, number=1)
    tell(shopper, number=2)
    say(seller, conversation, "Still there?")
    answer = client.get("/notifications/unread/?notices=1").json()
    assert (answer["unread"], answer["notices"]) == (3, 2)
    assert answer["latest"]["title"] == "We removed your message"
    assert answer["latest"]["url"] == "/notifications/?notices=1"
    assert answer["latest"]["conversation"] is None
    assert client.get("/notifications/unread/").json()["latest"]["excerpt"] == "Still there?"


def test_a_page_counts_everything_with_one_query(shopper: User, client_of: Any) -> None:
    tell(shopper)
    client = client_of(shopper)
    with CaptureQueriesContext(connection) as asked:
        client.get("/products/")
    counting = [query for query in asked if "notifications_notification" in query["sql"]]
    assert len(counting) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_the_index_alone_is_enough_to_count() -> None:
    statement, parameters = queries._counting()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}", [one or "{1,2}" for one in parameters])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using notifications_of_recipient" in plan


@pytest.mark.django_db(transaction=True)
async def test_sockets_hear_of_notices_in_absolute_numbers(shopper: User, socket_of: Any) -> None:
    await sync_to_async(tell)(shopper)
    socket = await socket_of(shopper)
    ready = json.loads(await socket.receive_from(PATIENCE))
    assert ready == {"type": "session.ready", "user": shopper.pk, "unread": 1, "notices": 1}
    await sync_to_async(tell)(shopper, number=2)
    badge = json.loads(await socket.receive_from(PATIENCE))
    assert badge == {"type": "badge", "unread": 2, "notices": 2}
    await sync_to_async(tell)(shopper, "conversation")
    badge = json.loads(await socket.receive_from(PATIENCE))
    assert badge == {"type": "badge", "unread": 3, "notices": 2}
    await sync_to_async(actions.mark_many_read)(
        shopper, subject_kind="decision", subject_ids=[1, 2]
    )
    badge = json.loads(await socket.receive_from(PATIENCE))
    assert badge == {"type": "badge", "unread": 1, "notices": 0}
