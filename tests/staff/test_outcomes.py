"""The reporter and the author are told the outcome of a report, without names."""

from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from messaging.models import Decision, Message, Report
from messaging.moderation import actions as moderation
from notifications import queries
from notifications.models import News, Notification
from tests.reported import message_of
from tests.rulings import remove_message
from tests.unread import unread_count
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

KINDS = ["report", "decision"]


def told(person: User) -> list[tuple[str, str, str]]:
    """Return the titles, texts and URLs of a person's notices from the site."""
    rows = queries.notifications_of(person).filter(news__subject_kind__in=KINDS)
    return [(row.news.words.title, row.news.words.text, row.news.url) for row in rows]


@pytest.mark.parametrize(
    ("removes", "outcome", "words"),
    [
        (True, "upheld", "The message you reported in the conversation about “Speckled bowl”"),
        (False, "upheld", "We took action because of your report"),
        (False, "dismissed", "We found nothing against our rules"),
    ],
)
def test_a_reporter_hears_once_what_became_of_the_report(
    removes: bool, outcome: str, words: str, reported: Report, seller: User, moderator: User
) -> None:
    before = unread_count(seller.pk)
    if removes:
        remove_message(moderator, message_of(reported).pk, "Number")
    else:
        moderation.resolve_report(moderator, reported.pk, outcome, "Clear")
    with pytest.raises(AlreadyDone):
        moderation.resolve_report(moderator, reported.pk, "upheld", "Again")
    [(title, text, url)] = told(seller)
    assert title == "We've looked at your report"
    assert text.startswith(words)
    assert url == f"/conversations/reports/{reported.pk}/"
    assert unread_count(seller.pk) == before + 1


def test_the_sender_hears_once_what_was_removed(
    said: Message, shopper: User, seller: User, moderator: User
) -> None:
    remove_message(moderator, said.pk, "Number")
    with pytest.raises(AlreadyDone):
        remove_message(moderator, said.pk, "Number")
    [(title, text, url)] = told(shopper)
    assert title == "We removed your message"
    assert text == (
        "It is about the conversation “Speckled bowl”. "
        "Read why, how long it holds and how to appeal."
    )
    assert url == f"/conversations/standing/{Decision.objects.get().pk}/"
    assert unread_count(shopper.pk) == 1
    assert told(seller) == []


def test_a_report_without_consequences_stays_unknown_to_the_sender(
    reported: Report, shopper: User, moderator: User
) -> None:
    moderation.resolve_report(moderator, reported.pk, "dismissed", "Fine")
    assert told(shopper) == []


def test_nobody_reads_who_reported_or_decided(
    reported: Report, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    remove_message(moderator, message_of(reported).pk, "Sam says: Lena is right")
    names = {moderator.name, moderator.email, "Sam says", "Wants my number", "Lena is right"}
    for person, others in ((shopper, {seller.name}), (seller, set())):
        client = client_of(person)
        for page in (client.get("/notifications/").text, client.get("/notifications/unread/").text):
            assert "removed" in page
            assert not {name for name in names | others if name in page}
    for news in News.objects.filter(subject_kind__in=KINDS):
        assert {news.title, news.excerpt} <= {"Speckled bowl", "message removed", "remove"}


def test_each_reads_it_in_their_own_language(
    said: Message, shopper: User, moderator: User, client_of: Any
) -> None:
    with translation.override("es"):
        remove_message(moderator, said.pk, "Number")
    assert "We removed your message" in client_of(shopper).get("/notifications/").text
    client = client_of(shopper)
    client.cookies["django_language"] = "es"
    page = client.get("/notifications/").text
    assert "Hemos retirado tu mensaje" in page
    assert client.get("/notifications/unread/").json()["latest"]["title"] in page


def test_opening_the_news_marks_it_as_read(
    said: Message, shopper: User, moderator: User, client_of: Any
) -> None:
    remove_message(moderator, said.pk, "Number")
    row = Notification.objects.get(recipient=shopper, news__subject_kind="decision")
    client = client_of(shopper)
    assert (
        f'form="read-{row.pk}" name="next" value="{row.news.url}"'
        in client.get("/notifications/").text
    )
    answer = client.post(
        f"/notifications/{row.pk}/read/", {"next": row.news.url, "page_user": shopper.pk}
    )
    assert answer.headers["Location"] == row.news.url
    assert client.get(row.news.url).status_code == 200
    assert unread_count(shopper.pk) == 0
    assert f'href="{row.news.url}"' in client.get("/notifications/").text
