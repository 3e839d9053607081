"""Reports that a decision answers: which ones, by whom, and who hears that it is overturned."""

from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.appeals.actions import appeal, decide
from messaging.cases import claims
from messaging.decisions import actions as decisions
from messaging.decisions.ruling import Ruling
from messaging.models import Case, Conversation, Decision, Message, Report
from messaging.moderation import actions as moderation
from messaging.reports.actions import (
    Visitor,
    report_as_visitor,
    report_conversation,
    report_message,
    report_person,
    report_shop,
)
from notifications.models import News
from tests.messaging.decisions.conftest import REASONS
from tests.rulings import rule
from tests.said import say

pytestmark = pytest.mark.django_db

ABOUT = ("message", "conversation", "person", "shop")


@pytest.fixture
def theirs(seller: User, conversation: Conversation) -> Message:
    """A message from the shop to the shopper."""
    return say(seller, conversation, "Pay me in gold coins")


@pytest.fixture
def both(conversation: Conversation, shopper: User, seller: User, theirs: Message) -> list[Report]:
    """Reports of a conversation: the shopper's, then the shop's in revenge."""
    return [
        report_conversation(shopper, conversation.pk, "scam", "Wants money elsewhere"),
        report_conversation(seller, conversation.pk, "abuse", "Liar"),
    ]


def outcomes() -> list[str]:
    return list(Report.objects.order_by("pk").values_list("outcome", flat=True))


def overturn(person: User, decision: Decision, lead: User) -> None:
    decide(lead, appeal(person, decision.pk, "Not me").pk, "overturned", "")


def file(kind: str, shopper: User, seller: User, shop: Shop, said: Message) -> Report:
    """Let the shopper report something that the seller is responsible for."""
    if kind == "message":
        return report_message(shopper, said.conversation_id, said.sequence, "scam", "")
    if kind == "conversation":
        return report_conversation(shopper, said.conversation_id, "scam", "")
    if kind == "person":
        return report_person(shopper, said.conversation_id, seller.pk, "scam", "")
    return report_shop(shopper, shop, "scam", "Fake")


# -- what is answered ------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ["warn", "dismiss"])
def test_a_decision_against_one_side_closes_no_report_by_it(
    measure: str, both: list[Report], shopper: User, seller: User, moderator: User
) -> None:
    fair, _revenge = both
    talk = fair.conversation_id
    rule(moderator, seller.pk, measure, "Fraud", conversation_id=talk, report_id=fair.pk)
    closed = "upheld" if measure == "warn" else "dismissed"
    assert outcomes() == [closed, ""]
    case = Case.objects.get()
    assert (case.closed_at, case.person) == (None, shopper)  # whom it is now about


def test_closing_a_report_closes_none_by_the_other_side(
    both: list[Report], shopper: User, seller: User, moderator: User
) -> None:
    moderation.resolve_report(moderator, both[1].pk, "dismissed", "Revenge")
    assert outcomes() == ["", "dismissed"]
    assert Case.objects.get().person == seller
    moderation.resolve_report(moderator, both[0].pk, "upheld", "Fraud")
    assert Case.objects.get().closed_at is not None


def test_a_removal_by_own_look_answers_the_open_reports(
    theirs: Message, shopper: User, seller: User, moderator: User
) -> None:
    report = report_message(shopper, theirs.conversation_id, theirs.sequence, "scam", "")
    decision = rule(moderator, seller.pk, "remove", "Fraud", message_id=theirs.pk)
    report.refresh_from_db()
    assert (report.outcome, report.done) == ("upheld", "removed")
    assert (decision.report, decision.source) == (report, "report")
    assert Case.objects.get().closed_at is not None


@pytest.mark.parametrize("measure", ["warn", "mute"])
def test_another_measure_by_own_look_leaves_reports_open(
    measure: str, theirs: Message, shopper: User, seller: User, ruled: Any
) -> None:
    report_message(shopper, theirs.conversation_id, theirs.sequence, "scam", "")
    assert ruled(seller, measure, message_id=theirs.pk).source == "look"
    assert outcomes() == [""]
    assert Case.objects.get().closed_at is None


# -- who works on it -------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ["remove", "warn"])
def test_an_own_look_leaves_a_claimed_message_alone(
    measure: str, theirs: Message, shopper: User, seller: User, moderator: User, lead: User
) -> None:
    report_message(shopper, theirs.conversation_id, theirs.sequence, "scam", "")
    claims.claim(lead, Case.objects.get().pk)
    with pytest.raises(claims.Claimed):
        rule(moderator, seller.pk, measure, "Fraud", message_id=theirs.pk)
    assert outcomes() == [""]
    rule(lead, seller.pk, measure, "Fraud", message_id=theirs.pk)


@pytest.mark.parametrize("kind", ABOUT)
def test_a_decision_about_a_person_heeds_claims_of_their_cases(
    kind: str, theirs: Message, shopper: User, seller: User, shop: Shop, moderator: User,
    lead: User,
) -> None:  # fmt: skip
    file(kind, shopper, seller, shop, theirs)
    case = claims.claim(lead, Case.objects.get().pk)
    with pytest.raises(claims.Claimed):
        rule(moderator, seller.pk, "suspend", "Fraud")
    assert not Decision.objects.exists()
    rule(moderator, shopper.pk, "warn", "Somebody else")
    Case.objects.filter(pk=case.pk).update(claimed_at=claims.expired_before())
    rule(moderator, seller.pk, "warn", "Fraud")
    assert Case.objects.get().claimed_by == lead  # deciding doesn't claim it


def test_closing_a_conversation_heeds_the_claim_of_its_case(
    theirs: Message, shopper: User, seller: User, moderator: User, lead: User
) -> None:
    talk = theirs.conversation_id
    report_conversation(shopper, talk, "scam", "")
    claims.claim(lead, Case.objects.get().pk)
    with pytest.raises(claims.Claimed):
        rule(moderator, seller.pk, "close", "Fraud", message_id=theirs.pk, conversation_id=talk)


# -- overturned ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ABOUT)
@pytest.mark.parametrize("measure", ["warn", "limit", "mute", "suspend"])
def test_reporters_are_told_of_each_overturned_decision(
    kind: str, measure: str, theirs: Message, shopper: User, seller: User, shop: Shop, lead: User,
    ruled: Any,
) -> None:  # fmt: skip
    report = file(kind, shopper, seller, shop, theirs)
    decision = ruled(seller, measure, message_id=report.message_id, report_id=report.pk)
    overturn(seller, decision, lead)
    report.refresh_from_db()
    assert (report.outcome, report.done) == ("upheld", "restored")
    news = News.objects.get(subject_kind="report", notifications__recipient=shopper)
    assert "took that back" in news.words.text


def test_reporters_of_another_decision_are_told_nothing(
    shop: Shop, shopper: User, stranger: User, seller: User, lead: User, ruled: Any
) -> None:
    first = report_shop(stranger, shop, "scam", "Fake")
    ruled(seller, "warn", report_id=first.pk)
    second = report_shop(shopper, shop, "scam", "Fake")
    overturn(seller, ruled(seller, "mute", report_id=second.pk), lead)
    done = Report.objects.order_by("pk").values_list("done", flat=True)
    assert list(done) == ["", "restored"]


def test_a_dismissal_is_taken_back_without_a_word(
    shop: Shop, shopper: User, seller: User, moderator: User, ruled: Any
) -> None:
    report = report_shop(shopper, shop, "scam", "Fake")
    decisions.overturn(moderator, ruled(seller, "dismiss", report_id=report.pk))
    report.refresh_from_db()
    assert (report.outcome, report.done) == ("dismissed", "")


def test_the_last_of_two_owners_overturned_decisions_tells(
    shop: Shop, shopper: User, seller: User, stranger: User, moderator: User, lead: User
) -> None:
    ShopMemberFactory(shop=shop, user=stranger, role="owner")
    report = report_shop(shopper, shop, "scam", "Fake")
    ruling = Ruling(measure="warn", report_id=report.pk, **REASONS)
    both = decisions.decide_about_all(moderator, [seller.pk, stranger.pk], ruling)
    for decision, done in zip(both, ("", "restored"), strict=True):
        overturn(decision.person, decision, lead)
        report.refresh_from_db()
        assert report.done == done


def test_a_visitor_gets_a_mail_about_what_was_taken_back(
    shop: Shop, seller: User, lead: User, ruled: Any, settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    settings.SITE_URL = "https://shop.example.com"
    visitor = Visitor(name="Vic", email="vic@example.com", language="en", address="192.0.2.1")
    report = report_as_visitor(visitor, "scam", "Fake", shop=shop)
    assert report is not None
    decision = ruled(seller, "warn", report_id=report.pk)
    with django_capture_on_commit_callbacks(execute=True):
        overturn(seller, decision, lead)
    [sent] = [one for one in mail.outbox if one.to == ["vic@example.com"]]
    assert "took that back" in " ".join(str(sent.body).split())
