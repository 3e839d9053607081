"""The reporter and the author learn what became of a report, without names."""

from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from catalog.models import ShopMember
from messaging.models import Conversation, Message, Report
from messaging.moderation import actions as moderation
from notifications import queries
from notifications.models import News, Notification
from tests.said import say
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

KINDS = ["report", "removal"]


def told(person: User) -> list[tuple[str, str, str]]:
    """Return the titles, texts and addresses of a person's news from the site."""
    rows = queries.notifications_of(person).filter(news__subject_kind__in=KINDS)
    return [(row.news.words.title, row.news.words.text, row.news.url) for row in rows]


@pytest.mark.parametrize(
    ("removes", "outcome", "words"),
    [
        (True, "upheld", "The message you reported in the conversation about “Speckled bowl”"),
        (True, "dismissed", "The message you reported in the conversation about “Speckled bowl”"),
        (False, "upheld", "We took action because of your report"),
        (False, "dismissed", "We found nothing against our rules"),
    ],
)
def test_a_reporter_hears_once_what_became_of_the_report(
    removes: bool, outcome: str, words: str, reported: Report, seller: User, moderator: User
) -> None:
    before = queries.unread_count(seller.pk)
    if removes:
        moderation.remove_message(moderator, reported.message_id, "Number")
    moderation.resolve_report(moderator, reported.pk, outcome, "Clear")
    with pytest.raises(AlreadyDone):
        moderation.resolve_report(moderator, reported.pk, "upheld", "Again")
    [(title, text, url)] = told(seller)
    assert title == "We've looked at your report"
    assert text.startswith(words)
    assert url == f"{reported.message.conversation.get_absolute_url()}?around=1#message-1"
    assert queries.unread_count(seller.pk) == before + 1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("scam", "It looked like an attempt at fraud."),
        ("off_platform", "It asked to pay or talk somewhere else."),
        ("abuse", "It contained insults or threats."),
        ("spam", "It was advertising or spam."),
        ("other", "It was against our rules."),
    ],
)
def test_the_sender_hears_once_what_was_removed_and_why(
    rule: str, words: str, said: Message, shopper: User, seller: User, moderator: User
) -> None:
    moderation.remove_message(moderator, said.pk, "Number", rule)
    with pytest.raises(AlreadyDone):
        moderation.remove_message(moderator, said.pk, "Number", "spam")
    [(title, text, _url)] = told(shopper)
    assert title == "We removed your message"
    assert text == (
        f"You wrote it in the conversation about “Speckled bowl”. {words} "
        "If you think this is a mistake, contact support."
    )
    assert queries.unread_count(shopper.pk) == 1
    assert told(seller) == []


def test_an_unknown_rule_removes_nothing(said: Message, shopper: User, moderator: User) -> None:
    with pytest.raises(ValueError, match="dislike"):
        moderation.remove_message(moderator, said.pk, "Number", "dislike")
    said.refresh_from_db()
    assert said.removed_at is None
    assert told(shopper) == []


def test_the_sender_learns_where_to_object(
    said: Message, shopper: User, moderator: User, settings: Any
) -> None:
    settings.SUPPORT_EMAIL = "help@shop.example.com"
    moderation.remove_message(moderator, said.pk, "Number")
    assert told(shopper)[0][1].endswith("write to help@shop.example.com.")


def test_a_report_without_consequences_stays_unknown_to_the_sender(
    reported: Report, shopper: User, moderator: User
) -> None:
    moderation.resolve_report(moderator, reported.pk, "dismissed", "Fine")
    assert told(shopper) == []


def test_nobody_reads_who_reported_or_decided(
    reported: Report, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    moderation.remove_message(moderator, reported.message_id, "Sam says: Lena is right", "spam")
    moderation.resolve_report(moderator, reported.pk, "upheld", "Sam says so")
    names = {moderator.name, moderator.email, "Sam says", "Wants my number", "Lena is right"}
    for person, others in ((shopper, {seller.name}), (seller, set())):
        client = client_of(person)
        for page in (client.get("/notifications/").text, client.get("/notifications/unread/").text):
            assert "removed" in page
            assert not {name for name in names | others if name in page}
    for news in News.objects.filter(subject_kind__in=KINDS):
        assert {news.title, news.excerpt} <= {"Speckled bowl", "removed", "spam"}


def test_each_reads_it_in_their_own_language(
    said: Message, shopper: User, moderator: User, client_of: Any
) -> None:
    with translation.override("es"):
        moderation.remove_message(moderator, said.pk, "Number", "spam")
    assert "It was advertising or spam." in client_of(shopper).get("/notifications/").text
    client = client_of(shopper)
    client.cookies["django_language"] = "es"
    page = client.get("/notifications/").text
    assert "Hemos retirado tu mensaje" in page
    assert "Era publicidad o spam." in page
    assert client.get("/notifications/unread/").json()["latest"]["title"] in page


def test_opening_the_news_marks_it_as_read(
    said: Message, shopper: User, moderator: User, client_of: Any
) -> None:
    moderation.remove_message(moderator, said.pk, "Number")
    row = Notification.objects.get(recipient=shopper, news__subject_kind="removal")
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
    assert queries.unread_count(shopper.pk) == 0
    assert f'href="{row.news.url}"' in client.get("/notifications/").text


def test_a_member_who_left_the_shop_no_longer_sees_it(
    seller: User, colleague: User, conversation: Conversation, moderator: User, shopper: User
) -> None:
    message = say(colleague, conversation, "Pay me directly")
    report = moderation.report(shopper, conversation.pk, 1, "scam", "")
    moderation.remove_message(moderator, message.pk, "Off", "scam")
    moderation.resolve_report(moderator, report.pk, "upheld", "Off")
    assert (len(told(colleague)), told(seller), len(told(shopper))) == (1, [], 1)
    ShopMember.objects.filter(user=colleague).delete()
    assert told(colleague) == []


def test_an_old_message_is_linked_with_the_page_that_shows_it(
    said: Message, shopper: User, conversation: Conversation, moderator: User
) -> None:
    Conversation.objects.update(last_sequence=500)
    moderation.remove_message(moderator, said.pk, "Number")
    assert told(shopper)[0][2] == f"{conversation.get_absolute_url()}?around=1#message-1"


def test_the_form_suggests_what_the_first_report_says(
    reported: Report, moderator: User, shopper: User, client_of: Any
) -> None:
    address = f"/admin/messaging/conversation/message/{reported.message_id}/remove/"
    client = client_of(moderator)
    page = client.get(address).text
    assert '<option value="off_platform" selected>' in page
    refused = client.post(address, {"reason": "Clear", "rule": "dislike"})
    assert refused.status_code == 400
    assert told(shopper) == []
    assert client.post(address, {"reason": "Clear", "rule": "spam"}).status_code == 302
    assert "It was advertising or spam." in told(shopper)[0][1]
