"""Staff restore an account by undoing what suspends it, unless a colleague has the case."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from messaging.appeals.actions import appeal
from messaging.cases import claims
from messaging.decisions.actions import restore, undo
from messaging.models import Case, Conversation, Decision, Message, Sanction
from messaging.reports.actions import report_conversation, report_message, report_person
from messaging.trust.actions import set_trust
from notifications.models import News
from tests.rulings import rule
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]


def test_restoring_takes_back_each_suspension_and_tells_the_person(
    ruled: Ruled, shopper: User, moderator: User, client_of: Any
) -> None:
    ruled(shopper, "suspend")
    ruled(shopper, "suspend", ends_at=None)
    warning = ruled(shopper, "warn")
    before = AuditEntry.objects.count()
    restore(moderator, shopper.pk, "Somebody else's account")
    shopper.refresh_from_db()
    assert shopper.is_active
    assert not Sanction.objects.filter(lifted_at=None).exists()
    standing = Decision.objects.filter(overturned_at=None)
    assert [one.pk for one in standing] == [warning.pk]
    assert News.objects.get(subject_id=warning.pk).excerpt == "warn"
    assert News.objects.filter(subject_kind="decision", excerpt="undone").count() == 2
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[before:] == ["decision.undone"] * 2
    page = client_of(shopper).get("/conversations/standing/").text
    assert page.count("Taken back") == 2


def test_whoever_is_suspended_without_a_decision_is_restored(
    suspended: User, moderator: User
) -> None:
    restore(moderator, suspended.pk, "A mistake")
    suspended.refresh_from_db()
    assert suspended.is_active
    assert AuditEntry.objects.get().verb == "user.restored"
    with pytest.raises(AlreadyDone):
        restore(moderator, suspended.pk, "A mistake")


def test_an_open_appeal_is_decided_instead(ruled: Ruled, shopper: User, moderator: User) -> None:
    appeal(shopper, ruled(shopper, "suspend").pk, "It wasn't me")
    with pytest.raises(ValidationError, match="appealed"):
        restore(moderator, shopper.pk, "A mistake")
    shopper.refresh_from_db()
    assert not shopper.is_active


def test_a_suspension_is_not_in_force_once_the_account_is_active(
    ruled: Ruled, shopper: User
) -> None:
    decision = ruled(shopper, "suspend", ends_at=None)
    assert Decision.objects.get().is_in_force
    User.objects.filter(pk=shopper.pk).update(is_active=True)  # by another program
    assert not Decision.objects.get(pk=decision.pk).is_in_force


def test_nobody_restores_or_trusts_a_person_whose_case_a_colleague_has(
    ruled: Ruled, shopper: User, seller: User, said: Message, moderator: User, lead: User
) -> None:
    decision = ruled(shopper, "suspend", ends_at=None)
    report_person(seller, said.conversation_id, shopper.pk, "scam", "")
    claims.claim(lead, Case.objects.get().pk)
    before = AuditEntry.objects.count()
    for act in (
        lambda: restore(moderator, shopper.pk, "A mistake"),
        lambda: undo(moderator, decision.pk, "A mistake"),
        lambda: set_trust(moderator, shopper.pk, "watched", "Odd"),
    ):
        with pytest.raises(claims.Claimed):
            act()
    shopper.refresh_from_db()
    assert (shopper.is_active, AuditEntry.objects.count()) == (False, before)
    restore(lead, shopper.pk, "A mistake")
    set_trust(lead, shopper.pk, "watched", "Odd")


def test_nobody_restores_without_a_decision_whose_case_a_colleague_has(
    shopper: User, seller: User, said: Message, moderator: User, lead: User
) -> None:
    report_person(seller, said.conversation_id, shopper.pk, "scam", "")
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    claims.claim(lead, Case.objects.get().pk)
    with pytest.raises(claims.Claimed):
        restore(moderator, shopper.pk, "A mistake")
    restore(lead, shopper.pk, "A mistake")


@pytest.mark.parametrize("measure", ["remove", "close"])
def test_nobody_undoes_what_was_done_to_a_thing_whose_case_a_colleague_has(
    measure: str, said: Message, shopper: User, seller: User, moderator: User, lead: User
) -> None:
    talk: Conversation = said.conversation
    if measure == "remove":
        decision = rule(moderator, shopper.pk, "remove", "Spam", message_id=said.pk)
        Message.objects.filter(pk=said.pk).update(removed_at=None)
        report_message(seller, talk.pk, said.sequence, "scam", "")
    else:
        decision = rule(moderator, shopper.pk, "close", "Spam", conversation_id=talk.pk)
        report_conversation(seller, talk.pk, "scam", "")
    claims.claim(lead, Case.objects.get().pk)
    with pytest.raises(claims.Claimed):
        undo(moderator, decision.pk, "A mistake")
    decision.refresh_from_db()
    assert decision.overturned_at is None
    undo(lead, decision.pk, "A mistake")
