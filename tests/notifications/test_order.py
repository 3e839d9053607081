"""A person's notifications in order, from several teams and from outside teams."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ShopFactory, ShopMemberFactory
from notifications import actions, queries
from notifications.models import Notification
from tests.whole import tries
from trato.pagination import FIRST_PAGE, PageRequest

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
SIZE = 3

News = tuple[int, int, bool, bool]  # team, minutes, whether it is read, whether it is a notice


def plain(person: User, *, notices_only: bool = False) -> list[Notification]:
    """Return what the list should show, by checking everything."""
    rows = list(queries.visible_to(person.pk).select_related("news"))
    rows.sort(key=lambda row: (row.news.happened_at, row.pk), reverse=True)
    return [row for row in rows if row.is_notice or not notices_only]


@settings(
    max_examples=tries(15),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    news=some.lists(
        some.tuples(
            some.integers(0, 3), some.integers(0, 200), some.booleans(), some.booleans()
        ),
        max_size=15,
    ),
    many=some.sampled_from([0, 1_000]),
)  # fmt: skip
def test_pages_and_the_newest_equal_a_plain_look(
    db: None, monkeypatch: pytest.MonkeyPatch, seller: User, news: list[News], many: int
) -> None:
    monkeypatch.setattr(queries, "MANY", many)
    Notification.objects.all().delete()
    second, left, colleague = ShopFactory(), ShopFactory(), UserFactory()
    ShopMemberFactory(shop=second, user=seller)
    teams = [None, seller.shops.order_by("pk")[0].pk, second.pk, left.pk]
    for number, (team, minutes, is_read, is_notice) in enumerate(news):
        kind = "stock" if is_notice else "conversation"
        people = [seller.pk, colleague.pk]
        actions.notify(
            people, subject_kind=kind, subject_id=number, title="", excerpt="", url="",
            team_id=teams[team], happened_at=START + timedelta(minutes=minutes),
        )  # fmt: skip
        if is_read:
            actions.mark_read(seller, subject_kind=kind, subject_id=number)
    for notices_only in (False, True):
        expected = plain(seller, notices_only=notices_only)
        wanted = FIRST_PAGE
        shown: list[Notification] = []
        while True:
            page = queries.notification_list(seller, wanted, SIZE, notices_only=notices_only)
            if page.newer:
                before = PageRequest(page.newer, newer=True)
                above = queries.notification_list(seller, before, SIZE, notices_only=notices_only)
                assert above.rows == shown[-SIZE:]
            shown += page.rows
            if page.older is None:
                break
            wanted = PageRequest(page.older)
        assert shown == expected
    unread = [row for row in plain(seller) if row.read_at is None]
    numbers, latest = queries.unread_and_latest(seller)
    assert numbers == (len(unread), sum(row.is_notice for row in unread))
    assert latest == (unread[0] if unread else None)
