"""The list of notifications, marking as read, and the polls of pages without a socket."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from notifications import actions
from notifications.models import Notification
from tests.unread import unread_count

pytestmark = pytest.mark.django_db


def create_news(person: User, number: int = 1, **changes: Any) -> Notification:
    """Create news with a number; the higher the number, the newer."""
    news: dict[str, Any] = {
        "subject_kind": "conversation",
        "subject_id": number,
        "title": f"News {number}.",
        "excerpt": f"Words {number}.",
        "url": f"/conversation/{number}/",
        "happened_at": timezone.now() - timedelta(hours=100 - number),
    }
    actions.notify([person.pk], **(news | changes))
    return Notification.objects.get(recipient=person, news__subject_id=number)


def unread_of(person: User) -> list[int]:
    rows = Notification.objects.filter(recipient=person, read_at=None)
    return sorted(rows.values_list("news__subject_id", flat=True))


def test_the_list_shows_ones_own_news_the_newest_first(
    shopper: User, stranger: User, client_of: Any
) -> None:
    for number in (2, 1, 3):
        create_news(shopper, number)
    create_news(stranger, 4)
    actions.mark_read(shopper, subject_kind="conversation", subject_id=3)
    page = client_of(shopper).get("/notifications/").text
    assert re.findall(r"News (\d)\.</a>", page) == ["3", "2", "1"]
    assert re.findall(r"Words (\d)\.", page) == ["3", "2", "1"]
    assert 'href="/conversation/3/"' in page
    assert page.count('news__item" data-unread') == page.count("news__read") == 2
    assert "News 4." not in page


def test_an_empty_list_says_what_will_be_there(shopper: User, client_of: Any) -> None:
    page = client_of(shopper).get("/notifications/").text
    assert "No notifications yet" in page
    assert re.search(r"data-while-unread\s+hidden", page)  # the button that marks all as read
    create_news(shopper)
    assert not re.search(
        r"data-while-unread\s+hidden", client_of(shopper).get("/notifications/").text
    )


def test_a_long_list_comes_in_pages_at_the_same_cost(shopper: User, client_of: Any) -> None:
    client, costs = client_of(shopper), []
    for numbers in (range(1, 3), range(3, 36)):
        for number in numbers:
            create_news(shopper, number)
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/notifications/").text
        costs.append(len(asked))
    assert len(re.findall(r"News \d+\.</a>", page)) == 30
    older = re.search(r'href="(\?before=[^"]+)"', page)
    assert older
    second = client.get(f"/notifications/{older[1]}").text
    assert re.findall(r"News (\d+)\.</a>", second) == ["5", "4", "3", "2", "1"]
    assert costs[0] == costs[1] <= 6  # session, person, badge, teams, announcements, rows


def test_titles_and_words_are_text(shopper: User, client_of: Any) -> None:
    create_news(shopper, title="<i>A</i>", excerpt="<script>1</script>")
    page = client_of(shopper).get("/notifications/").text
    assert "&lt;i&gt;A&lt;/i&gt;" in page
    assert "<script>1" not in page


def test_one_is_marked_as_read_and_the_others_wait(shopper: User, client_of: Any) -> None:
    one, _other = create_news(shopper, 1), create_news(shopper, 2)
    answer = client_of(shopper).post(f"/notifications/{one.pk}/read/")
    assert answer.headers["Location"] == "/notifications/"
    assert unread_of(shopper) == [2]
    assert unread_count(shopper.pk) == 1


def test_somebody_elses_is_the_same_as_none(shopper: User, stranger: User, client_of: Any) -> None:
    theirs = create_news(stranger)
    client = client_of(shopper)
    for pk in (theirs.pk, theirs.pk + 999):
        assert client.post(f"/notifications/{pk}/read/").status_code == 404
    assert unread_of(stranger) == [1]
    client_of(stranger).post(f"/notifications/{theirs.pk}/read/")
    assert unread_of(stranger) == []


def test_all_are_marked_as_read_and_nobody_elses(
    shopper: User, stranger: User, client_of: Any
) -> None:
    for number in (1, 2):
        create_news(shopper, number)
    create_news(stranger)
    assert client_of(shopper).post("/notifications/read/").status_code == 302
    assert unread_of(shopper) == []
    assert unread_of(stranger) == [1]


@pytest.mark.parametrize("path", ["/notifications/read/", "/notifications/{pk}/read/"])
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/notifications/?before=1-2", "/notifications/?before=1-2"),
        ("https://evil.example/", "/notifications/"),
        ("//evil.example/", "/notifications/"),
        ("javascript:alert(1)", "/notifications/"),
    ],
)
def test_one_stays_where_one_was_on_this_site(
    path: str, wanted: str, expected: str, shopper: User, client_of: Any
) -> None:
    row = create_news(shopper)
    answer = client_of(shopper).post(path.format(pk=row.pk), {"next": wanted})
    assert answer.headers["Location"] == expected
    assert unread_of(shopper) == []


def test_looking_marks_nothing_as_read(shopper: User, client_of: Any) -> None:
    row, client = create_news(shopper), client_of(shopper)
    client.get("/notifications/")
    for path in (f"{row.pk}/read/", "read/"):
        assert client.get(f"/notifications/{path}").status_code == 405
    assert unread_of(shopper) == [1]


def test_a_visitor_is_sent_to_the_login(shopper: User, client_of: Any) -> None:
    row, client = create_news(shopper), client_of(None)
    answer = client.get("/notifications/")
    assert answer.headers["Location"].startswith("/accounts/login/")
    for path in ("/notifications/read/", f"/notifications/{row.pk}/read/"):
        answer = client.post(path)
        assert answer.status_code == 401
        assert "/accounts/login/" in answer.content.decode()
    assert unread_of(shopper) == [1]


# -- what is unread, as JSON -----------------------------------------------------------------


def test_the_number_and_the_newest_cost_two_queries_beside_session_and_person(
    shopper: User, stranger: User, client_of: Any
) -> None:
    for number in (1, 3, 2, 4):
        create_news(shopper, number)
    create_news(stranger, 9)
    actions.mark_read(shopper, subject_kind="conversation", subject_id=4)
    newest = Notification.objects.get(recipient=shopper, news__subject_id=3)
    client = client_of(shopper)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/notifications/unread/")
    assert len(asked) == 4
    assert answer.json() == {
        "unread": 3,
        "notices": 0,
        "latest": {
            "title": "News 3.",
            "excerpt": "Words 3.",
            "url": "/conversation/3/",
            "happened_at": newest.news.happened_at.isoformat(),
            "conversation": 3,
        },
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_news_about_something_else_name_no_conversation(shopper: User, client_of: Any) -> None:
    create_news(shopper, subject_kind="shop")
    latest = client_of(shopper).get("/notifications/unread/").json()["latest"]
    assert latest["conversation"] is None


def test_nothing_unread_is_zero_and_nothing(shopper: User, client_of: Any) -> None:
    create_news(shopper)
    actions.mark_all_read(shopper)
    answer = client_of(shopper).get("/notifications/unread/")
    assert answer.json() == {"unread": 0, "notices": 0, "latest": None}


def test_a_script_of_nobody_or_of_a_suspended_person_is_told_403(
    shopper: User, client_of: Any
) -> None:
    create_news(shopper)
    client = client_of(shopper)
    assert client.get("/notifications/unread/").status_code == 200
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    for asking in (client, client_of(None)):
        answer = asking.get("/notifications/unread/")
        assert answer.status_code == 403
        assert answer.json() == {"code": "forbidden"}
