"""Reporting, looking, removing and resolving: who may do it, and what it changes."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from accounts.models import User
from messaging.models import Conversation, Message, Report
from messaging.moderation import actions as moderation
from messaging.reports.actions import report_message
from notifications.models import Notification
from tests.rulings import remove_message
from tests.said import say
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone, Refused

pytestmark = pytest.mark.django_db

INSIDERS = ["shopper", "seller", "colleague"]
OUTSIDERS = ["former_colleague", "other_seller", "stranger", "suspended", "moderator", "chief"]
WHY = {"reason": "Asked by the police"}
NOT_MODERATORS = [*INSIDERS, *OUTSIDERS[:4], "helper"]


# -- reporting -------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["seller", "colleague"], indirect=True)
def test_the_other_side_reports_a_message(actor: User, said: Message) -> None:
    made = report_message(actor, said.conversation_id, 1, "scam", "  Look at this \n")
    stored = Report.objects.get()
    assert made == stored
    assert (stored.message, stored.reporter, stored.reason) == (said, actor, "scam")
    assert (stored.words, stored.outcome) == ("Look at this", "")


@pytest.mark.parametrize("actor", ["shopper", *OUTSIDERS], indirect=True)
def test_nobody_else_reports_it_or_learns_that_it_exists(actor: User, said: Message) -> None:
    with pytest.raises(Http404):
        report_message(actor, said.conversation_id, 1, "scam", "")
    assert not Report.objects.exists()


def test_a_message_that_is_removed_or_was_never_said_is_not_reported(
    seller: User, moderator: User, said: Message
) -> None:
    with pytest.raises(Http404):
        report_message(seller, said.conversation_id, 2, "scam", "")
    remove_message(moderator, said.pk, "Number")
    with pytest.raises(Http404):
        report_message(seller, said.conversation_id, 1, "scam", "")
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words", "code"),
    [
        ("scam", "x" * 1001, "too_long"),
        ("scam", "a\x00b", "invalid"),
        ("scam", "a\udc80b", "invalid"),
        ("dislike", "", "invalid"),
        ("", "", "invalid"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused(
    reason: str, words: str, code: str, seller: User, said: Message
) -> None:
    with pytest.raises(Refused) as refusal:
        report_message(seller, said.conversation_id, 1, reason, words)
    assert refusal.value.code == code
    assert not Report.objects.exists()
    report_message(seller, said.conversation_id, 1, "scam", "x" * 1000)
    assert Report.objects.exists()


def test_reports_are_limited_per_person_and_a_repeated_one_counts_for_nothing(
    seller: User, colleague: User, shopper: User, conversation: Conversation, settings: Any
) -> None:
    settings.REPORTS_PER_HOUR = 2
    for number in range(3):
        say(shopper, conversation, f"Line {number}")
    for sequence in (1, 1, 1, 2):
        report_message(seller, conversation.pk, sequence, "spam", "")
    with pytest.raises(Refused) as refusal:
        report_message(seller, conversation.pk, 3, "spam", "")
    assert refusal.value.code == "rate_limited"
    assert refusal.value.retry_after
    assert 0 < refusal.value.retry_after <= 3600
    assert Report.objects.count() == 2
    report_message(colleague, conversation.pk, 3, "spam", "")
    assert Report.objects.count() == 3


# -- looking ---------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["moderator", "chief"], indirect=True)
def test_each_look_of_a_moderator_is_on_record(actor: User, said: Message) -> None:
    for _ in range(2):
        look = moderation.look(actor, said.conversation_id, "Asked by the police")
        assert moderation.looked_into(actor, said.conversation_id) == (said.conversation, look)
    rows = AuditEntry.objects.values_list("actor", "verb", "subject")
    assert (
        list(rows)
        == [(actor.pk, "conversation.looked", f"conversation:{said.conversation_id}")] * 2
    )


@pytest.mark.parametrize("actor", NOT_MODERATORS, indirect=True)
def test_nobody_else_looks(actor: User, said: Message, client_of: Any) -> None:
    with pytest.raises(PermissionDenied):
        moderation.look(actor, said.conversation_id, "Asked by the police")
    with pytest.raises(PermissionDenied):
        moderation.looked_into(actor, said.conversation_id)
    address = f"/admin/messaging/conversation/{said.conversation_id}/thread/"
    for answer in (client_of(actor).get(address), client_of(actor).post(address, WHY)):
        # If nobody is logged in, the form's text is shown again instead of the login page.
        assert answer.status_code in ({403} if actor.is_staff else {302, 401})
        assert "555 123" not in answer.text
    assert not AuditEntry.objects.exists()


def test_a_look_at_nothing_is_not_on_record(moderator: User, client_of: Any) -> None:
    client, nothing = client_of(moderator), "/admin/messaging/conversation/999/thread/"
    assert (client.get(nothing).status_code, client.post(nothing, WHY).status_code) == (404, 404)
    assert not AuditEntry.objects.exists()


# -- removing --------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["moderator", "chief"], indirect=True)
def test_a_moderator_removes_a_message_once(actor: User, said: Message, shopper: User) -> None:
    say(shopper, said.conversation, "And another")
    remove_message(actor, said.pk, "Phone number")
    with pytest.raises(AlreadyDone) as told:
        remove_message(actor, said.pk, "Phone number, again")
    assert told.value.by == actor
    said.refresh_from_db()
    conversation = Conversation.objects.get()
    assert said.removed_at
    assert said.body == "Call me at 555 123"  # kept for staff
    assert said.revision == conversation.revision == 3
    assert conversation.last_sequence == 2
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject) == ("decision.remove", f"decision:{said.decisions.get().pk}")
    assert (entry.actor, entry.reason) == (actor, "Phone number")


@pytest.mark.parametrize("actor", NOT_MODERATORS, indirect=True)
def test_nobody_else_removes(actor: User, said: Message, client_of: Any) -> None:
    with pytest.raises(PermissionDenied):
        remove_message(actor, said.pk, "why")
    address = f"/admin/messaging/decision/decide/?message={said.pk}"
    for answer in (client_of(actor).get(address), client_of(actor).post(address, {"reason": "w"})):
        # If nobody is logged in, the form's text is shown again instead of the login page.
        assert answer.status_code in ({403} if actor.is_staff else {302, 401})
        assert "555 123" not in answer.text
    said.refresh_from_db()
    assert said.removed_at is None
    assert Conversation.objects.get().revision == 1
    assert not AuditEntry.objects.exists()


def test_without_a_reason_nothing_is_removed(moderator: User, said: Message) -> None:
    for reason in ("", " \u200b\n"):
        with pytest.raises(ValidationError):
            remove_message(moderator, said.pk, reason)
    said.refresh_from_db()
    assert said.removed_at is None
    assert not AuditEntry.objects.exists()


def excerpts(person: User) -> list[str]:
    rows = Notification.objects.filter(recipient=person, news__subject_kind="conversation")
    return list(rows.values_list("news__excerpt", flat=True))


def test_removed_words_are_quoted_in_no_notification_and_others_stay(
    moderator: User, seller: User, shopper: User, said: Message, client_of: Any
) -> None:
    answer = say(seller, said.conversation, "Better here")
    assert excerpts(seller) == ["Call me at 555 123"]
    # The last message is the seller's, but a notification still quotes the shopper's text.
    remove_message(moderator, said.pk, "Number")
    assert excerpts(seller) == [""]
    assert excerpts(shopper) == ["Better here"]
    page = client_of(seller).get("/notifications/").text
    assert "555 123" not in page
    assert "This message is no longer available." in page
    assert client_of(seller).get("/notifications/unread/").json()["unread"] == 1
    remove_message(moderator, answer.pk, "Test")
    assert excerpts(shopper) == [""]


def test_removing_an_old_message_leaves_the_newer_words_in_the_notification(
    moderator: User, seller: User, shopper: User, said: Message
) -> None:
    say(shopper, said.conversation, "Is it still available?")
    remove_message(moderator, said.pk, "Number")
    assert excerpts(seller) == ["Is it still available?"]


def test_conversations_with_open_reports_are_found_without_those_set_aside(
    moderator: User, reported: Report, client_of: Any
) -> None:
    page, talk = "/admin/messaging/conversation/?reported=yes", reported.message
    assert talk
    row = f"/admin/messaging/conversation/{talk.conversation_id}/"
    assert row in client_of(moderator).get(page).text
    Report.objects.update(is_set_aside=True)
    assert row not in client_of(moderator).get(page).text


# -- resolving -------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["upheld", "dismissed"])
@pytest.mark.parametrize("actor", ["moderator", "chief"], indirect=True)
def test_a_moderator_resolves_a_report_once(actor: User, outcome: str, reported: Report) -> None:
    moderation.resolve_report(actor, reported.pk, outcome, "Clear")
    report = Report.objects.get()
    told_of = {"upheld": "Action has already been taken", "dismissed": "closed without action"}
    for again in ("dismissed", "upheld"):
        with pytest.raises(AlreadyDone, match=told_of[outcome]) as told:
            moderation.resolve_report(actor, reported.pk, again, "Changed my mind")
        assert (told.value.by, told.value.at) == (actor, report.resolved_at)
    report = Report.objects.get()
    assert (report.outcome, report.resolved_by) == (outcome, actor)
    assert report.resolved_at
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject) == (f"report.{outcome}", f"report:{report.pk}")
    assert entry.reason == "Clear"


@pytest.mark.parametrize("actor", NOT_MODERATORS, indirect=True)
def test_nobody_else_resolves(actor: User, reported: Report, client_of: Any) -> None:
    with pytest.raises(PermissionDenied):
        moderation.resolve_report(actor, reported.pk, "upheld", "why")
    address = f"/admin/messaging/report/{reported.pk}/upheld/resolve/"
    for answer in (client_of(actor).get(address), client_of(actor).post(address, {"reason": "w"})):
        # If nobody is logged in, the form's text is shown again instead of the login page.
        assert answer.status_code in ({403} if actor.is_staff else {302, 401})
    assert Report.objects.get().outcome == ""
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("outcome", "reason"), [("upheld", " "), ("deleted", "why"), ("", "why")])
def test_without_a_reason_or_with_an_unknown_outcome_it_stays_open(
    outcome: str, reason: str, moderator: User, reported: Report
) -> None:
    with pytest.raises((ValidationError, ValueError)):
        moderation.resolve_report(moderator, reported.pk, outcome, reason)
    assert Report.objects.get().outcome == ""
    assert not AuditEntry.objects.exists()
