"""The audience of an announcement, and how often it is counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Shop
from messaging.host import host
from notifications import actions, queries
from notifications.announcements import actions as announcements
from notifications.announcements.queries import people_in
from notifications.factories import AnnouncementFactory
from notifications.models import Announcement, Notification, ReadAnnouncement
from tests.whole import tries
from trato.pagination import FIRST_PAGE, PageRequest

pytestmark = pytest.mark.django_db

AUDIENCES = ("everyone", "shoppers", "sellers")


def seen_by(client: Any) -> set[str]:
    """Return the audiences whose announcement a person's list of notifications shows."""
    page = client.get("/notifications/").text
    return {audience for audience in AUDIENCES if f"To {audience}" in page}


def send_to(audience: str) -> Announcement:
    text = {"title": f"To {audience}", "text": "Words"}
    row: Announcement = AnnouncementFactory(
        audience=audience, sent=True, texts={"en": text, "es": text}
    )
    return row


@pytest.fixture
def sent(
    shopper: User, seller: User, colleague: User, moderator: User, suspended: User
) -> dict[str, Announcement]:
    return {audience: send_to(audience) for audience in AUDIENCES}


def test_each_role_gets_its_own_announcements(
    sent: dict[str, Announcement], shopper: User, seller: User, colleague: User, moderator: User,
    client_of: Any,
) -> None:  # fmt: skip
    for person in (shopper, moderator):  # staff are shoppers, unless they sell
        assert seen_by(client_of(person)) == {"everyone", "shoppers"}
    for person in (seller, colleague):
        assert seen_by(client_of(person)) == {"everyone", "sellers"}
    User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
    assert seen_by(client_of(shopper)) == {"everyone", "sellers"}


def test_only_those_who_are_addressed_can_open_it(
    sent: dict[str, Announcement], shopper: User, seller: User, suspended: User, client_of: Any
) -> None:
    address = sent["shoppers"].get_absolute_url()
    page = client_of(shopper).get(address, headers={"sec-fetch-site": "same-origin"})
    assert page.status_code == 200
    assert "To shoppers" in page.text
    assert client_of(seller).get(address).status_code == 404
    assert client_of(seller).post(f"{address}read/").status_code == 404
    assert client_of(None).get(address).headers["Location"].startswith("/accounts/login/")
    answer = client_of(suspended).get(address)
    assert answer.status_code == 403
    assert "To shoppers" not in answer.text
    assert ReadAnnouncement.objects.values_list("person", flat=True).get() == shopper.pk


@pytest.mark.parametrize("change", ["draft", "withdrawn", "expired", "missing"])
def test_what_is_not_shown_has_no_page_and_no_badge(
    change: str, sent: dict[str, Announcement], shopper: User, client_of: Any
) -> None:
    row, client = sent["shoppers"], client_of(shopper)
    assert queries.unread_and_now(shopper.pk)[0] == (2, 2)
    rows = Announcement.objects.filter(pk=row.pk)
    if change == "expired":
        rows.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif change == "missing":
        rows.delete()
    else:
        rows.update(state=change)
    assert client.get(row.get_absolute_url()).status_code == 404
    assert seen_by(client) == {"everyone"}
    assert queries.unread_and_now(shopper.pk)[0] == (1, 1)


def test_later_accounts_dont_get_it(sent: dict[str, Announcement], client_of: Any) -> None:
    late = UserFactory()
    assert seen_by(client_of(late)) == set()
    assert client_of(late).get(sent["everyone"].get_absolute_url()).status_code == 404
    send_to("everyone")
    assert seen_by(client_of(late)) == {"everyone"}


def test_the_accounts_that_sell_are_the_same_in_python_and_sql(
    shopper: User, seller: User, colleague: User, moderator: User, suspended: User
) -> None:
    selling = {person.pk for person in User.objects.all() if host.acts_as_seller(person)}
    assert selling == {seller.pk, colleague.pk}
    assert {*host.sellers().values_list("pk", flat=True)} == selling
    active = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    for audience, people in (
        ("everyone", active), ("sellers", active & selling), ("shoppers", active - selling),
    ):  # fmt: skip
        assert {*people_in(audience).values_list("pk", flat=True)} == people


STEPS = some.lists(
    some.one_of(
        some.tuples(some.just("send"), some.sampled_from(AUDIENCES)),
        some.tuples(some.sampled_from(["withdraw", "expire"]), some.integers(0, 5)),
        some.tuples(some.just("join"), some.sampled_from(["consumer", "seller"])),
        some.tuples(some.just("notify"), some.integers(0, 3)),
        some.tuples(some.just("read all"), some.integers(0, 5)),
        some.tuples(some.just("read"), some.tuples(some.integers(0, 5), some.integers(0, 5))),
    ),
    min_size=8,
    max_size=25,
)


@settings(
    max_examples=tries(30),
    phases=[Phase.explicit, Phase.generate],  # a failing history takes long to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_every_badge_equals_a_recount(db: None, shop: Shop, steps: list[Any]) -> None:
    ReadAnnouncement.objects.all().delete()
    Announcement.objects.all().delete()
    Notification.objects.all().delete()
    people = [UserFactory(), UserFactory(seller=True)]
    unread: dict[int, set[int]] = {one.pk: set() for one in people}
    shown: dict[int, list[int]] = {one.pk: [] for one in people}
    sent: list[Announcement] = []
    told: set[int] = set()
    for what, value in [*(("send", audience) for audience in AUDIENCES), *steps]:
        if what == "send":
            row = send_to(value)
            sent.append(row)
            for one in people:
                if value in ("everyone", f"{one.role}s".replace("consumer", "shopper")):
                    unread[one.pk].add(row.pk)
                    shown[one.pk].append(row.pk)
        elif what == "join":
            people.append(UserFactory(role=value))
            unread[people[-1].pk], shown[people[-1].pk] = set(), []
        elif what == "notify":
            actions.notify([people[0].pk], subject_kind="conversation", subject_id=value,
                           title="", excerpt="", url="")  # fmt: skip
            told.add(value)
        elif what == "read all":
            one = people[value % len(people)]
            count = len(unread[one.pk]) + (len(told) if one is people[0] else 0)
            assert actions.mark_all_read(one) == count
            unread[one.pk] = set()
            if one is people[0]:
                told.clear()
        elif sent and what == "read":
            one, row = people[value[0] % len(people)], sent[value[1] % len(sent)]
            assert announcements.mark_read(one, row.pk) == (row.pk in unread[one.pk])
            unread[one.pk].discard(row.pk)
        elif sent:
            row = sent[value % len(sent)]
            rows = Announcement.objects.filter(pk=row.pk)
            if what == "withdraw":
                rows.update(state=Announcement.State.WITHDRAWN)
            else:
                rows.update(expires_at=timezone.now() - timedelta(seconds=1))
            for keys in shown.values():
                keys[:] = [pk for pk in keys if pk != row.pk]
            for waiting in unread.values():
                waiting.discard(row.pk)
    badges = queries.badges([one.pk for one in people])
    for one in people:
        announced = len(unread[one.pk])
        own = len(told) if one is people[0] else 0
        assert badges[one.pk] == ((own, 0), announced)
        assert queries.unread_and_now(one.pk)[0] == (own + announced, announced)
        numbers, latest = queries.unread_and_latest(one)
        assert numbers == (own + announced, announced)
        assert (latest is None) == (own + announced == 0)
        newest = queries.latest_notice(one)
        assert (newest.news.subject_id if newest else None) == max(unread[one.pk], default=None)
        listed: list[Notification] = []
        wanted = FIRST_PAGE
        while True:
            page = queries.notification_list(one, wanted, 2, notices_only=True)
            listed += page.rows
            if page.older is None:
                break
            wanted = PageRequest(page.older)
        assert [row.news.subject_id for row in listed] == shown[one.pk][::-1]
        assert {row.news.subject_id for row in listed if not row.read_at} == unread[one.pk]


def test_a_page_counts_announcements_in_the_badges_query(
    sent: dict[str, Announcement], shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    with CaptureQueriesContext(connection) as asked:
        client.get("/products/")
    counting = [query["sql"] for query in asked if "notifications_" in query["sql"]]
    assert len(counting) == 1
    assert "notifications_announcement" in counting[0]


def test_sockets_count_any_number_of_people_with_one_query(
    sent: dict[str, Announcement], shopper: User, seller: User
) -> None:
    people = [shopper.pk, seller.pk, *(UserFactory().pk for _ in range(5))]
    for counting, number in ((queries.badges, 2), (queries.unread_counts, 1)):
        with CaptureQueriesContext(connection) as asked:
            counting(people)
        assert len(asked) == number
    # A message doesn't change announcements: counting after one doesn't read them.
    assert "announcement" not in asked[0]["sql"]


def test_a_send_writes_no_row_per_person(lead: User) -> None:
    UserFactory.create_batch(20)
    draft = AnnouncementFactory()
    with CaptureQueriesContext(connection) as asked:
        announcements.send(lead, draft.pk, "New prices", announcements.version_of(draft))
    assert not ReadAnnouncement.objects.exists()
    assert len(asked) <= 20
    draft.refresh_from_db()
    assert draft.people == 21
