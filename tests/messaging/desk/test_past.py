"""A person's history on the desk, and whether reporters were right."""

from typing import Any

import pytest

from accounts.models import User
from catalog.models import Product, Shop
from messaging.appeals import actions as appeals
from messaging.blocks.actions import block
from messaging.desk.actions import take
from messaging.desk.queries import past_of, people_of
from messaging.models import Case, Conversation, Report
from messaging.reports.actions import (
    report_conversation,
    report_message,
    report_person,
    report_product,
    report_shop,
)
from messaging.reports.ignored_reporters import mute
from messaging.reports.queries import with_counts
from tests.rulings import rule
from tests.said import say

pytestmark = pytest.mark.django_db


def test_blocks_of_a_shopper_and_of_a_sellers_shop_count(
    conversation: Conversation, shopper: User, seller: User, stranger: User
) -> None:
    say(seller, conversation)
    block(shopper, conversation.pk)
    assert [past_of(one).blocked for one in (seller, shopper, stranger)] == [1, 0, 0]
    block(seller, conversation.pk)
    assert [past_of(one).blocked for one in (seller, shopper, stranger)] == [1, 1, 0]


def test_reports_of_all_that_a_seller_answers_for_count(
    conversation: Conversation, shopper: User, seller: User, shop: Shop, product: Product
) -> None:
    message = say(seller, conversation)
    report_message(shopper, conversation.pk, message.sequence, "scam", "")
    report_conversation(shopper, conversation.pk, "scam", "")
    report_person(shopper, conversation.pk, seller.pk, "scam", "")
    report_shop(shopper, shop, "scam", "Fake")
    report_product(shopper, product, "scam", "Fake")
    assert (past_of(seller).open, past_of(shopper).open) == (5, 0)
    report_conversation(seller, conversation.pk, "abuse", "")
    assert (past_of(seller).open, past_of(shopper).open) == (5, 1)


def test_what_is_set_aside_is_not_open(
    shopper: User, seller: User, shop: Shop, moderator: User
) -> None:
    report_shop(shopper, shop, "scam", "Fake")
    mute(moderator, shopper.pk, "Noise")
    assert past_of(seller).open == 0


def test_a_suspended_sellers_shop_still_counts(
    shopper: User, seller: User, shop: Shop, moderator: User
) -> None:
    report_shop(shopper, shop, "scam", "Fake")
    rule(moderator, seller.pk, "suspend", "Fraud")
    seller.refresh_from_db()
    assert past_of(seller).open == 1


def test_who_was_overturned_was_not_right(
    conversation: Conversation, shopper: User, seller: User, moderator: User, lead: User
) -> None:
    message = say(seller, conversation)
    report = report_message(shopper, conversation.pk, message.sequence, "scam", "")
    decision = rule(moderator, seller.pk, "remove", "x", message_id=message.pk, report_id=report.pk)

    def counts() -> tuple[int, int, int]:
        row: Any = with_counts(Report.objects.filter(pk=report.pk)).get()
        return row.reporter_right, row.reporter_decided, past_of(seller).upheld

    assert counts() == (1, 1, 1)
    appeal = appeals.appeal(seller, decision.pk, "Not me")
    appeals.decide(lead, appeal.pk, "overturned", "")
    assert counts() == (0, 1, 0)


def test_the_case_tells_of_both_people(
    conversation: Conversation, shopper: User, seller: User, moderator: User, client_of: Any
) -> None:
    first, second = say(seller, conversation, "Pay me"), say(seller, conversation, "Now")
    report = report_message(shopper, conversation.pk, first.sequence, "scam", "")
    rule(moderator, seller.pk, "remove", "x", message_id=first.pk, report_id=report.pk)
    rule(moderator, seller.pk, "warn", "x")
    report_message(shopper, conversation.pk, second.sequence, "scam", "")
    of_seller, of_shopper = past_of(seller), past_of(shopper)
    assert (of_seller.decisions, of_seller.reported, of_seller.right) == (2, 0, 0)
    assert (of_shopper.decisions, of_shopper.reported, of_shopper.right) == (0, 1, 1)
    case = Case.objects.get(closed_at=None)
    take(moderator, case.pk)
    page = client_of(moderator).get(f"/admin/messaging/case/{case.pk}/change/").text
    for person in (seller, shopper):
        assert f"About {person.name}" in page
    assert "1 of 1" in page
    assert "Account since" in page


def test_the_other_side_of_a_held_message_and_nobody_twice(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    case = Case(person=seller, conversation=conversation)
    assert people_of(case, ()) == [seller, shopper]
    assert people_of(Case(person=shopper, conversation=conversation), ()) == [shopper]
    assert people_of(Case(), ()) == []
    visitor = Report(visitor_email="v@example.com")
    assert people_of(Case(person=seller), [visitor]) == [seller]
    assert people_of(Case(person=seller), [Report(reporter=shopper)]) == [seller, shopper]
