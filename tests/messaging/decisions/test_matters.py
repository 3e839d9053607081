"""Staff decide on everything that is reported, held or found by a rule, and undo decisions."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from messaging.appeals.actions import appeal
from messaging.cases import claims
from messaging.cases.actions import open_case
from messaging.decisions import actions
from messaging.decisions.ruling import Ruling
from messaging.factories import ReportFactory
from messaging.models import (
    Case,
    Conversation,
    Decision,
    HeldMessage,
    Message,
    Objection,
    Report,
    Sanction,
    ShieldRule,
)
from messaging.reports import actions as reports
from tests.messaging.decisions.conftest import REASONS
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]
DECIDE = "/admin/messaging/decision/decide/"
FORM = {
    "reason": REASONS["facts"], "ground": "terms", "clause": "No payments elsewhere",
    "explanation": REASONS["explanation"], "seen": 0, "measure": "mute", "days": "3",
}  # fmt: skip


@pytest.fixture
def client(moderator: User, client_of: Any) -> Client:
    made: Client = client_of(moderator)
    return made


@pytest.fixture
def held(shopper: User, conversation: Conversation) -> HeldMessage:
    row = HeldMessage.objects.create(
        conversation=conversation,
        sender=shopper,
        side="consumer",
        client_id=uuid.uuid4(),
        body="Held words",
        reason="rule",
    )
    open_case(Case.Kind.HELD, row.subject, conversation_id=conversation.pk)
    return row


def report_of(kind: str, seller: User, shopper: User, said: Message) -> Report:
    talk = said.conversation
    if kind == "conversation":
        return reports.report_conversation(seller, talk.pk, "abuse", "")
    about = {"product": talk.product, "shop": talk.shop, "person": seller}[kind]
    row: Report = ReportFactory(**{kind: about}, reporter=shopper, reason="scam")
    return row


@pytest.mark.parametrize("kind", ["conversation", "product", "shop", "person"])
def test_every_kind_of_report_leads_to_a_decision(
    kind: str, seller: User, shopper: User, said: Message, client: Client
) -> None:
    report = report_of(kind, seller, shopper, said)
    behind = shopper if kind == "conversation" else seller
    address = f"{DECIDE}?report={report.pk}"
    assert address in client.get(f"/admin/messaging/report/{report.pk}/change/").text
    assert behind.name in client.get(address).text
    assert client.post(address, FORM).status_code == 302
    decision = Decision.objects.get()
    assert (decision.person, decision.report, decision.source) == (behind, report, "report")
    report.refresh_from_db()
    assert report.outcome == "upheld"
    assert Sanction.objects.get().person == behind


def test_the_draft_is_in_the_language_of_whom_it_is_about(
    seller: User, shopper: User, said: Message, client: Client
) -> None:
    report = reports.report_message(seller, said.conversation_id, said.sequence, "abuse", "")
    User.objects.filter(pk=shopper.pk).update(language="es")
    page = client.get(f"{DECIDE}?report={report.pk}").text
    assert "escribiste: «" in page
    assert "Insultos o amenazas" in page
    assert "Decide about" in page  # the form itself is in the moderator's language


def test_a_suspension_for_a_report_is_told_to_the_reporter(
    seller: User, shopper: User, said: Message, client: Client
) -> None:
    report = report_of("person", seller, shopper, said)
    form = FORM | {"measure": "suspend", "days": ""}
    assert client.post(f"{DECIDE}?report={report.pk}", form).status_code == 302
    report.refresh_from_db()
    seller.refresh_from_db()
    assert (report.done, seller.is_active) == ("suspended", False)


def test_a_report_is_no_pretext_to_decide_about_somebody_else(
    seller: User, shopper: User, said: Message, moderator: User
) -> None:
    report = report_of("person", seller, shopper, said)
    ruling = Ruling(measure="warn", report_id=report.pk, **REASONS)
    with pytest.raises(Report.DoesNotExist):
        actions.decide(moderator, shopper.pk, ruling)
    assert not Decision.objects.exists()


def test_a_held_message_leads_to_a_decision_about_its_sender(
    held: HeldMessage, shopper: User, client: Client, moderator: User
) -> None:
    address = f"{DECIDE}?held={held.pk}"
    assert address in client.get(f"/admin/messaging/heldmessage/{held.pk}/change/").text
    assert "Held words" in client.get(address).text
    other = UserFactory(staff=True, is_superuser=True)
    case = claims.claim(other, Case.objects.get().pk)
    assert client.post(address, FORM).status_code == 400
    assert not Decision.objects.exists()
    claims.let_go(other, case.pk)
    assert client.post(address, FORM).status_code == 302
    decision = Decision.objects.get()
    assert (decision.person, decision.source) == (shopper, "rule")
    assert (decision.is_found_automatically, decision.is_decided_automatically) == (True, False)
    held.refresh_from_db()
    assert held.state == HeldMessage.State.WAITING


def test_the_facts_begin_with_the_day_as_the_language_writes_it(
    held: HeldMessage, client: Client
) -> None:
    HeldMessage.objects.update(created_at=datetime(2026, 11, 28, 12, tzinfo=UTC))
    address = f"{DECIDE}?held={held.pk}"
    assert "On 28 November 2026 you wrote" in client.get(address).text
    shown = client.get(address, headers={"Accept-Language": "es"}).text
    assert "El 28 de noviembre de 2026 escribiste" in shown


def test_a_hit_of_a_rule_leads_to_a_decision(
    shopper: User, conversation: Conversation, client: Client
) -> None:
    rule = ShieldRule.objects.get(name="phone")
    hit = Objection.objects.create(
        rule=rule, conversation=conversation, sender=shopper, client_id=uuid.uuid4(), kind="phone"
    )
    address = f"{DECIDE}?objection={hit.pk}"
    assert address in client.get(f"/admin/messaging/objection/{hit.pk}/change/").text
    assert client.post(address, FORM | {"measure": "close", "days": ""}).status_code == 302
    decision = Decision.objects.get()
    assert (decision.source, decision.conversation) == ("rule", conversation)
    assert decision.is_found_automatically


def test_several_people_get_a_decision_each(
    shopper: User, stranger: User, client: Client, moderator: User
) -> None:
    address = f"{DECIDE}?person={shopper.pk}&person={stranger.pk}"
    before = AuditEntry.objects.count()
    assert client.post(address, FORM).status_code == 302
    assert {row.person for row in Decision.objects.all()} == {shopper, stranger}
    assert AuditEntry.objects.count() == before + 2
    # One of them can't be decided about: nothing is done to the other.
    again = f"{DECIDE}?person={shopper.pk}&person={moderator.pk}"
    assert client.post(again, FORM).status_code == 403
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("measure", ["remove", "close", "warn", "limit", "mute", "suspend"])
def test_a_decision_is_undone_and_the_person_is_told(
    measure: str, ruled: Ruled, said: Message, shopper: User, client: Client, client_of: Any
) -> None:
    talk = said.conversation
    things = {"remove": {"message_id": said.pk}, "close": {"conversation_id": talk.pk}}
    decision = ruled(shopper, measure, **things.get(measure, {}))
    address = f"/admin/messaging/decision/{decision.pk}/undo/"
    assert address in client.get(f"/admin/messaging/decision/{decision.pk}/change/").text
    assert client.post(address, {"reason": "A mistake of my own"}).status_code == 302
    for row in (decision, said, talk, shopper):
        row.refresh_from_db()
    assert decision.overturned_at
    assert said.removed_at is None
    assert (talk.is_closed, talk.ended_at) == (False, None)
    assert shopper.is_active
    assert not Sanction.objects.filter(lifted_at=None).exists()
    person = client_of(shopper)
    assert "taken a decision about you back" in person.get("/notifications/").text
    page = person.get(f"/conversations/standing/{decision.pk}/").text
    assert "taken this decision back" in page
    assert "A mistake of my own" not in page
    assert "Sam Okoro" not in page
    assert client.post(address, {"reason": "Again"}).status_code == 409


def test_an_undone_decision_waits_for_no_appeal_and_an_open_appeal_is_decided(
    ruled: Ruled, shopper: User, moderator: User
) -> None:
    decision = ruled(shopper, "warn")
    appeal(shopper, decision.pk, "No")
    with pytest.raises(ValidationError):
        actions.undo(moderator, decision.pk, "Mistake")
    over = ruled(shopper, "mute")
    Decision.objects.filter(pk=over.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(AlreadyDone):
        actions.undo(moderator, over.pk, "Mistake")
    assert not Decision.objects.exclude(overturned_at=None).exists()


def test_who_may_not_make_a_decision_may_not_undo_it(
    ruled: Ruled, shopper: User, moderator: User
) -> None:
    decision = ruled(shopper, "suspend")
    helper = UserFactory(staff=True)
    with pytest.raises(PermissionDenied):
        actions.undo(helper, decision.pk, "why")
    assert Decision.objects.get().overturned_at is None
