"""The list of notifications and an announcement's own page."""

from typing import Any

import pytest
from django.utils.html import escape

from accounts.models import User
from notifications import actions, queries
from notifications.announcements import actions as announcements
from notifications.factories import AnnouncementFactory
from notifications.models import Announcement, ReadAnnouncement
from notifications.personal_data import PART

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y> https://evil.example/ &amp;"


@pytest.fixture
def sent(shopper: User) -> Announcement:
    row: Announcement = AnnouncementFactory(sent=True, link="/products/")
    return row


def unread(person: User) -> tuple[int, int]:
    return queries.unread_and_now(person.pk)[0]


@pytest.mark.parametrize(
    ("language", "sender", "title", "line"),
    [
        ("en", "Announcement from Trato", "New prices", "shipping costs less."),
        ("es", "Comunicado de Trato", "Precios nuevos", "el envío cuesta menos."),
    ],
)
def test_its_reader_reads_it_in_their_language(
    language: str, sender: str, title: str, line: str, sent: Announcement, shopper: User,
    client_of: Any,
) -> None:  # fmt: skip
    client = client_of(shopper)
    client.cookies["django_language"] = language
    row = client.get("/notifications/").text
    latest = client.get("/notifications/unread/").json()["latest"]
    page = client.get(sent.get_absolute_url()).text
    for text in (row, page):
        assert sender in text
        assert title in text
        assert line in text
    assert (latest["title"], latest["excerpt"]) == (sender, title)
    assert f"<br>{line}" in page
    assert 'href="/products/"' in page
    assert "icons.svg#megaphone" in row


def test_opening_it_marks_it_as_read_for_its_reader_alone(
    sent: Announcement, shopper: User, stranger: User, client_of: Any
) -> None:
    Announcement.objects.update(people_until=stranger.pk)
    assert unread(shopper) == unread(stranger) == (1, 1)
    assert client_of(shopper).head(sent.get_absolute_url()).status_code == 405
    assert unread(shopper) == (1, 1)
    for where in ({}, {"sec-fetch-site": "cross-site"}):  # a link on another site changes nothing
        page = client_of(shopper).get(sent.get_absolute_url(), headers=where)
        assert f'action="{sent.get_absolute_url()}read/"' in page.text
    assert unread(shopper) == (1, 1)
    here = {"sec-fetch-site": "same-origin"}
    page = client_of(shopper).get(sent.get_absolute_url(), headers=here)
    assert 'data-badge="notices" hidden' in page.text
    assert "Mark as read" not in page.text
    assert unread(shopper) == (0, 0)
    assert unread(stranger) == (1, 1)
    assert "New prices" in client_of(shopper).get("/notifications/").text


def test_one_or_all_can_be_marked_as_read_in_the_list(
    sent: Announcement, shopper: User, client_of: Any
) -> None:
    other, client = AnnouncementFactory(sent=True), client_of(shopper)
    assert unread(shopper) == (2, 2)
    address = f"/notifications/announcement/{other.pk}/read/"
    assert address in client.get("/notifications/").text
    form = {"page_user": shopper.pk, "next": "https://evil.example/"}
    assert client.get(address).status_code == 405
    for _twice in range(2):
        assert client.post(address, form).headers["Location"] == "/notifications/"
    assert unread(shopper) == (1, 1)
    assert address not in client.get("/notifications/").text
    client.post("/notifications/read/", {"page_user": shopper.pk, "notices": "1"})
    assert unread(shopper) == (0, 0)
    assert ReadAnnouncement.objects.count() == 2


def test_it_stands_between_other_notifications_by_time(shopper: User, client_of: Any) -> None:
    titles = []
    for number in range(35):
        titles.append(f"Title {number:02}")
        if number % 2:
            text = {"title": titles[-1], "text": "Words"}
            AnnouncementFactory(sent=True, texts={"en": text, "es": text})
        else:
            actions.notify(
                [shopper.pk], subject_kind="stock", subject_id=number, title=titles[-1],
                excerpt="Words", url="/",
            )  # fmt: skip
    client, shown, query = client_of(shopper), [], "?"
    while query:
        page = client.get(f"/notifications/{query}").context["page"]
        shown += [row.news.title for row in page.rows]
        query = f"?before={page.older}" if page.older else ""
    assert shown == titles[::-1]


def test_texts_are_shown_as_text(shopper: User, lead: User, client_of: Any) -> None:
    text = {"title": HOSTILE, "text": f"{HOSTILE}\n{HOSTILE}"}
    row = AnnouncementFactory(texts={"en": text, "es": text})
    client = client_of(lead)
    staff = "/admin/notifications/announcement/"
    pages = [
        client.get(f"{staff}{part}").text for part in ("", f"{row.pk}/change/", f"{row.pk}/send/")
    ]
    announcements.send(lead, row.pk, HOSTILE, announcements.version_of(row))
    pages += [client.get(f"{staff}{row.pk}/{part}/").text for part in ("change", "withdraw")]
    client = client_of(shopper)
    pages += [client.get(page).text for page in ("/notifications/", row.get_absolute_url())]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="https://evil.example' not in page
        assert escape("<script>alert(1)</script>") in page
    answer = client.get("/notifications/unread/")
    assert answer.headers["Content-Type"].startswith("application/json")


def test_no_page_and_no_answer_names_staff(shopper: User, lead: User, client_of: Any) -> None:
    row = AnnouncementFactory()
    announcements.send(lead, row.pk, "Between us", announcements.version_of(row))
    client = client_of(shopper)
    client.get("/notifications/unread/")
    for page in ("/notifications/", "/notifications/unread/", row.get_absolute_url()):
        text = client.get(page).text
        for word in (lead.name, lead.email, "Between us"):
            assert word not in text
    latest = client.get("/notifications/unread/").json()["latest"]
    assert {*latest} == {"title", "excerpt", "url", "happened_at", "conversation"}
    assert latest["url"] == row.get_absolute_url()


def test_a_download_of_ones_data_says_what_one_was_told_and_has_read(
    sent: Announcement, shopper: User
) -> None:
    notify = {"subject_kind": "stock", "title": "For you", "excerpt": "Words", "url": "/"}
    actions.notify([shopper.pk], subject_id=1, **notify)  # type: ignore[arg-type]
    actions.notify([shopper.pk], subject_id=2, team_id=7, **notify)  # type: ignore[arg-type]
    assert announcements.mark_read(shopper, sent.pk)
    told, read = PART.tables
    (row,) = told.each(shopper)
    assert "For you" in [cell.value for cell in told.cells(row)]
    (row,) = read.each(shopper)
    assert read.cells(row)[0].value == "New prices"
