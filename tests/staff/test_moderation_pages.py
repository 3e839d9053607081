"""Moderators read threads, and work through the list of reports."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import UserFactory
from accounts.models import User
from catalog.factories import ProductFactory
from messaging.factories import ConversationFactory, MessageFactory, ReportFactory
from messaging.models import Message, Report
from messaging.moderation import actions as moderation
from messaging.moderation.admin import conversations
from notifications.models import News
from tests.reported import message_of
from tests.rulings import REASONS, remove_message
from tests.staff.addresses import address, of
from trato.audit import actions as audit
from trato.audit.models import AuditEntry

DECIDE = "/admin/messaging/decision/decide/"
FORM = {"measure": "warn", "days": "", "seen": 0, **REASONS}

pytestmark = pytest.mark.django_db

WHY = {"reason": "Asked by the police"}

# -- threads ---------------------------------------------------------------------------------


def looked(client: Any, message: Message) -> Any:
    """Open a message's thread with the button that records the look."""
    return client.post(of(message.conversation, "thread/"), WHY, follow=True)


def looks(person: User) -> int:
    return AuditEntry.objects.filter(verb="conversation.looked", actor=person).count()


def test_the_address_of_a_thread_shows_and_records_nothing(
    moderator: User, said: Message, client_of: Any
) -> None:
    """Otherwise, a link or a picture on any page could open it in a moderator's name."""
    client, thread = client_of(moderator), of(said.conversation, "thread/")
    for origin in ("cross-site", "same-origin", "none"):
        answer = client.get(thread, headers={"Sec-Fetch-Site": origin})
        assert answer.status_code == 200
        assert "555 123" not in answer.text
        assert "View the conversation" in answer.text
    assert looks(moderator) == 0
    assert "555 123" in client.post(f"{thread}?page=1", WHY, follow=True).text
    assert looks(moderator) == 1


def test_a_look_needs_the_form_of_the_page_itself(
    moderator: User, said: Message, client_of: Any
) -> None:
    client, thread = Client(enforce_csrf_checks=True), of(said.conversation, "thread/")
    client.cookies = client_of(moderator).cookies
    assert client.post(thread, WHY).status_code == 403
    assert looks(moderator) == 0
    token = client.get(thread).context["csrf_token"]
    assert client.post(thread, {**WHY, "csrfmiddlewaretoken": str(token)}).status_code == 302
    assert looks(moderator) == 1


def test_a_look_is_the_moderators_own_and_ends(
    moderator: User, chief: User, said: Message, client_of: Any, settings: Any
) -> None:
    client, thread = client_of(moderator), of(said.conversation, "thread/")
    looked(client, said)
    assert "555 123" in client.get(thread).text
    assert "555 123" not in client_of(chief).get(thread).text
    settings.STAFF_LOOK_MINUTES = 0
    assert "555 123" not in client.get(thread).text
    assert looks(moderator) == 1


def test_what_is_said_after_a_look_takes_another_one(
    moderator: User, said: Message, client_of: Any
) -> None:
    client, thread = client_of(moderator), of(said.conversation, "thread/")
    looked(client, said)
    said.conversation.refresh_from_db()
    MessageFactory(conversation=said.conversation, body="And my address")
    page = client.get(thread).text
    assert "555 123" in page
    assert "And my address" not in page
    assert "1 message was sent since then." in page
    assert "And my address" in looked(client, said).text
    assert looks(moderator) == 2


def test_a_thread_shows_all_that_was_said_and_says_that_this_look_is_on_record(
    moderator: User, said: Message, client_of: Any
) -> None:
    MessageFactory(conversation=said.conversation, body="<b>Bold</b>")
    remove_message(moderator, said.pk, "Number")
    page = looked(client_of(moderator), said).text
    assert "This view has been logged." in page
    assert "Call me at 555 123" in page
    assert "Removed on" in page
    assert "&lt;b&gt;Bold" in page
    assert AuditEntry.objects.filter(verb="conversation.looked", actor=moderator).count() == 1


def test_a_long_thread_comes_in_pages_the_last_one_first(
    moderator: User, reported: Report, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "PAGE_SIZE", 2)
    message, client = message_of(reported), client_of(moderator)
    conversation = message.conversation
    conversation.refresh_from_db()
    for number in range(2, 6):
        MessageFactory(conversation=conversation, body=f"Line {number}")
    page = looked(client, message).text
    assert re.findall(r"Line \d|555 123", page) == ["Line 5"]
    link = conversations.thread_address(message)
    assert link in client.get(of(reported)).text
    page = client.get(link.partition("#")[0]).text
    assert re.findall(r"Line \d|555 123", page) == ["555 123", "Line 2"]
    with CaptureQueriesContext(connection) as queries:
        client.get(link)
    assert len(queries) <= 12


# -- reports ---------------------------------------------------------------------------------


def listed(client: Any, query: str = "") -> list[str]:
    page = client.get(f"/admin/messaging/report/{query}").text
    return re.findall(r"report/(\d+)/change/[^>]*>\d+<", page)


def test_the_list_holds_open_reports_the_oldest_first_until_others_are_asked_for(
    moderator: User, client_of: Any
) -> None:
    thread = ConversationFactory(consumer=UserFactory(), product=ProductFactory())
    first, second, third = (
        ReportFactory(reporter=UserFactory(), message=MessageFactory(conversation=thread))
        for _ in range(3)
    )
    moderation.resolve_report(moderator, second.pk, "upheld", "Clear")
    client = client_of(moderator)
    assert listed(client) == [str(first.pk), str(third.pk)]
    assert listed(client, "?state=upheld") == [str(second.pk)]
    assert listed(client, "?state=dismissed") == []
    assert len(listed(client, "?state=all")) == 3


def test_conversations_are_filtered_by_open_reports(
    moderator: User, reported: Report, client_of: Any
) -> None:
    quiet = ConversationFactory(consumer=UserFactory(), product=ProductFactory())
    client = client_of(moderator)
    conversation = message_of(reported).conversation
    threads = [of(row, "thread/") for row in (conversation, quiet)]
    shown = client.get(address(conversation)).text
    assert all(thread in shown for thread in threads)
    shown = client.get(address(conversation), {"reported": "yes"}).text
    assert [thread in shown for thread in threads] == [True, False]
    moderation.resolve_report(moderator, reported.pk, "dismissed", "Nothing")
    shown = client.get(address(conversation), {"reported": "yes"}).text
    assert threads[0] not in shown


def test_a_report_is_worked_through_from_its_page(
    moderator: User, reported: Report, client_of: Any
) -> None:
    client, page = client_of(moderator), of(reported)
    shown = client.get(page).text
    assert "Call me at 555 123" in shown
    decide, uphold = f"{DECIDE}?report={reported.pk}", of(reported, "upheld/resolve/")
    for act in (decide, uphold):
        assert act in shown
        assert client.post(act, FORM | {"reason": ""}).status_code == 400
    assert not AuditEntry.objects.exists()
    form = FORM | {"reason": "Scam", "measure": "suspend"}
    assert client.post(f"{decide}&next={page}", form).headers["Location"] == page
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.reason) == ("decision.suspend", "Scam")
    shown = client.get(page).text
    for act in (decide, uphold):  # actions that are done are not offered again
        assert act not in shown
    assert "The sender is suspended." in shown
    assert Report.objects.get().outcome == "upheld"


def test_taking_action_closes_the_report_and_does_nothing_to_people(
    moderator: User, reported: Report, client_of: Any
) -> None:
    client, act = client_of(moderator), of(reported, "upheld/resolve/")
    assert "This closes the report" in client.get(act).text
    assert client.post(act, {"reason": ""}).status_code == 400  # nothing is done without a reason
    assert not AuditEntry.objects.exists()
    assert client.post(act, {"reason": "Clear", "suspend": "on"}).status_code == 302
    assert AuditEntry.objects.get().verb == "report.upheld"
    message = Message.objects.select_related("sender").get(pk=message_of(reported).pk)
    assert (message.removed_at, message.sender.is_active) == (None, True)
    assert News.objects.get(subject_kind="report").excerpt == "message acted"


def test_a_closed_report_leads_to_no_action(
    moderator: User, chief: User, reported: Report, client_of: Any
) -> None:
    moderation.resolve_report(chief, reported.pk, "dismissed", "Nothing in it")
    form = {"reason": "Scam", "remove": "on", "suspend": "on"}
    assert client_of(moderator).post(of(reported, "upheld/resolve/"), form).status_code == 409
    assert AuditEntry.objects.get().verb == "report.dismissed"
    message = Message.objects.get(pk=message_of(reported).pk)
    assert message.removed_at is None
    assert User.objects.get(pk=message.sender_id).is_active


def test_the_second_moderator_is_told_what_the_first_decided(
    moderator: User, chief: User, reported: Report, client_of: Any
) -> None:
    moderation.resolve_report(chief, reported.pk, "dismissed", "Nothing in it")
    answer = client_of(moderator).post(of(reported, "upheld/resolve/"), {"reason": "Scam"})
    assert answer.status_code == 409
    assert "This report has already been closed without action. Chief did that on" in answer.text
    assert "Done." not in answer.text
    assert Report.objects.get().outcome == "dismissed"
    assert AuditEntry.objects.get().verb == "report.dismissed"


def test_a_report_offers_only_what_its_reader_may_do(
    helper: User, reported: Report, client_of: Any, grant: Callable[[User, str], None]
) -> None:
    grant(helper, "view_report")
    shown = client_of(helper).get(of(reported)).text
    assert "Call me at 555 123" in shown
    assert not re.search(r"/(remove|suspend|resolve|thread)/", shown)


def test_an_unknown_outcome_is_not_found(moderator: User, reported: Report, client_of: Any) -> None:
    answer = client_of(moderator).post(of(reported, "shredded/resolve/"))
    assert answer.status_code == 404
    assert Report.objects.get().outcome == ""


def test_the_record_links_to_what_it_is_about(
    moderator: User, said: Message, client_of: Any
) -> None:
    moderation.look(moderator, said.conversation_id, "Odd")
    audit.record(moderator, "kiln.lit", "kiln:1", "Cold")
    page = client_of(moderator).get(address(AuditEntry)).text
    assert f'href="{of(said.conversation)}"' in page
    assert "kiln:1" in page
