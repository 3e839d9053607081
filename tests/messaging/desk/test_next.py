"""The next case of the desk is one that its moderator may decide."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from messaging.appeals.actions import appeal
from messaging.cases.actions import open_case
from messaging.decisions import actions as decisions
from messaging.decisions.ruling import Ruling
from messaging.desk import actions
from messaging.models import Appeal, Case, Conversation
from messaging.reports.actions import report_message
from tests.said import say

pytestmark = pytest.mark.django_db


def next_of(actor: User) -> str:
    case = actions.take_next(User.objects.get(pk=actor.pk), Case.objects.all())
    return case.subject if case else ""


@pytest.fixture
def appealed(moderator: User, shopper: User, conversation: Conversation) -> Appeal:
    """An appeal against a decision of the moderator, whose case is the first of the queue."""
    ruling = Ruling(
        measure="warn", facts="You wrote so.", ground="terms", clause="1", explanation="Why"
    )
    decision = decisions.decide(moderator, shopper.pk, ruling)
    row = appeal(shopper, decision.pk, "No")
    open_case(Case.Kind.HELD, "held_message:1")
    return row


def test_appeals_are_left_to_leads(appealed: Appeal, moderator: User, lead: User) -> None:
    assert [next_of(moderator), next_of(moderator)] == ["held_message:1", ""]
    assert next_of(lead) == f"appeal:{appealed.pk}"


def test_an_appeal_is_left_to_another_lead_than_who_decided(
    appealed: Appeal, moderator: User, lead: User, client_of: Any
) -> None:
    moderator.groups.add(Group.objects.get(name="Leads"))
    assert next_of(moderator) == "held_message:1"
    page = client_of(moderator).post("/admin/messaging/case/next/", follow=True).text
    assert "Nothing is waiting for you in this queue." in page
    assert next_of(lead) == f"appeal:{appealed.pk}"


def test_an_outcome_of_an_appeal_is_chosen_not_preset(
    appealed: Appeal, lead: User, client_of: Any
) -> None:
    page, client = f"/admin/messaging/appeal/{appealed.pk}/decide/", client_of(lead)
    assert '<option value="" selected>' in client.get(page).text
    assert client.post(page, {"outcome": "", "reason": "Hm"}).status_code == 400
    appealed.refresh_from_db()
    assert appealed.outcome == ""
    assert client.post(page, {"outcome": "overturned", "reason": "Hm"}).status_code == 302
    appealed.refresh_from_db()
    assert appealed.outcome == "overturned"


def test_what_one_has_reported_oneself_is_left_to_others(
    conversation: Conversation, seller: User, shopper: User, moderator: User, lead: User
) -> None:
    conversation.consumer = lead
    conversation.save()
    message = say(seller, conversation, "Pay elsewhere")
    report_message(lead, conversation.pk, message.sequence, "scam", "")
    assert next_of(lead) == ""
    assert next_of(moderator) == f"message:{message.pk}"


def test_rules_are_left_to_leads(moderator: User, lead: User) -> None:
    open_case(Case.Kind.RULE, "shieldrule:1")
    assert next_of(moderator) == ""
    assert next_of(lead) == "shieldrule:1"
