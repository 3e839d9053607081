"""Rejecting a held message is a decision: it has reasons, is announced, and can be appealed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from messaging import actions
from messaging.appeals.actions import appeal, decide
from messaging.decisions.actions import undo
from messaging.models import Case, Conversation, Decision, HeldMessage
from messaging.review.actions import due, withdraw
from messaging.review.retention import RULES
from notifications.models import Notification
from tests.rulings import reject, rule
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone
from trato.retention import purge

pytestmark = pytest.mark.django_db(transaction=True)

STANDING = "/conversations/standing/"


@pytest.fixture
def held(shopper: User, conversation: Conversation) -> HeldMessage:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Something suspicious")
    return HeldMessage.objects.get()


def bodies(talk: Conversation) -> list[str]:
    return list(talk.messages.order_by("sequence").values_list("body", flat=True))


def overturned(person: User, lead: User) -> Decision:
    decision = Decision.objects.get(measure="reject")
    decide(lead, appeal(person, decision.pk, "It is harmless").pk, "overturned", "")
    decision.refresh_from_db()
    return decision


def test_its_sender_reads_the_reasons_and_is_told(
    held: HeldMessage, shopper: User, moderator: User, client_of: Any
) -> None:
    reject(moderator, held.pk, "You named another shop", "No advertising")
    decision = Decision.objects.get()
    assert (decision.held, decision.person, decision.scope) == (held, shopper, "message")
    assert (decision.source, decision.rule, decision.is_found_automatically) == (
        "rule", "word", True,
    )  # fmt: skip
    assert Notification.objects.get(news__subject_kind="decision").recipient == shopper
    client = client_of(shopper)
    assert "We didn&#x27;t deliver your message" in client.get(STANDING).text
    page = client.get(f"{STANDING}{decision.pk}/").text
    for words in ("You named another shop", "No advertising", "Send the appeal"):
        assert words in page
    talk = client.get(held.conversation.get_absolute_url()).text
    assert f'href="{STANDING}{decision.pk}/"' in talk
    assert moderator.name not in talk
    assert AuditEntry.objects.get().subject == f"decision:{decision.pk}"


def test_an_overturned_one_is_delivered_and_tells_the_other_side(
    held: HeldMessage, conversation: Conversation, shopper: User, seller: User, moderator: User,
    lead: User,
) -> None:  # fmt: skip
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Two")
    reject(moderator, held.pk, "Advertising")
    assert bodies(conversation) == ["Two"]
    decision = overturned(shopper, lead)
    assert bodies(conversation) == ["Two", "Something suspicious"]
    held.refresh_from_db()
    assert (held.state, held.body) == ("delivered", "")
    assert decision.overturned_at is not None
    assert Notification.objects.filter(recipient=seller, news__subject_kind="conversation").exists()


def test_taking_the_decision_back_delivers_it_too(
    held: HeldMessage, conversation: Conversation, moderator: User
) -> None:
    reject(moderator, held.pk, "Advertising")
    undo(moderator, Decision.objects.get().pk, "A mistake")
    assert bodies(conversation) == ["Something suspicious"]


def test_an_overturned_one_waits_for_an_earlier_one(
    held: HeldMessage, conversation: Conversation, shopper: User, moderator: User, lead: User
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Also suspicious")
    second = HeldMessage.objects.latest("pk")
    reject(moderator, second.pk, "Advertising")
    overturned(shopper, lead)
    second.refresh_from_db()
    assert (second.state, bodies(conversation)) == ("cleared", [])


def test_what_its_sender_has_taken_back_stays_so(
    held: HeldMessage, conversation: Conversation, shopper: User, moderator: User, lead: User
) -> None:
    reject(moderator, held.pk, "Advertising")
    withdraw(shopper, conversation.pk, held.client_id)
    overturned(shopper, lead)
    held.refresh_from_db()
    assert (held.state, bodies(conversation)) == ("withdrawn", [])


def test_of_a_suspended_sender_it_is_delivered_later(
    held: HeldMessage, conversation: Conversation, shopper: User, moderator: User, lead: User
) -> None:
    reject(moderator, held.pk, "Advertising")
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    overturned(shopper, lead)
    assert bodies(conversation) == []
    User.objects.filter(pk=shopper.pk).update(is_active=True)
    assert (due(10), bodies(conversation)) == (1, ["Something suspicious"])


def test_it_needs_reasons_the_permission_and_somebody_uninvolved(
    held: HeldMessage, conversation: Conversation, seller: User, moderator: User
) -> None:
    about = {"held_id": held.pk, "conversation_id": conversation.pk}
    with pytest.raises(ValidationError):
        rule(moderator, held.sender_id, "reject", "Advertising", **about, explanation="")
    with pytest.raises(ValidationError):
        rule(moderator, held.sender_id, "reject", "Advertising", conversation_id=conversation.pk)
    with pytest.raises(PermissionDenied):
        reject(seller, held.pk, "Advertising")
    User.objects.filter(pk=seller.pk).update(is_staff=True, is_superuser=True)
    with pytest.raises(ValidationError, match="involved"):
        reject(User.objects.get(pk=seller.pk), held.pk, "Advertising")
    assert not Decision.objects.exists()
    assert Case.objects.get().closed_at is None
    assert reject(moderator, held.pk, "Advertising").is_rejected


def test_who_has_left_the_shop_meanwhile_is_answered_too(
    conversation: Conversation, colleague: User, moderator: User, client_of: Any
) -> None:
    actions.send(colleague, conversation.pk, uuid.uuid4(), "Something suspicious")
    colleague.memberships.all().delete()
    row = HeldMessage.objects.get()
    assert reject(moderator, row.pk, "Not here").state == HeldMessage.State.REJECTED
    decision = Decision.objects.get(person=colleague)
    assert client_of(colleague).get(f"{STANDING}{decision.pk}/").status_code == 200


def test_only_its_writer_is_answered(held: HeldMessage, seller: User, moderator: User) -> None:
    with pytest.raises(ObjectDoesNotExist):
        rule(moderator, seller.pk, "reject", "Not here", held_id=held.pk)
    assert not Decision.objects.exists()


def test_it_is_decided_once(held: HeldMessage, moderator: User) -> None:
    reject(moderator, held.pk, "Advertising")
    with pytest.raises(AlreadyDone, match=moderator.name):
        reject(moderator, held.pk, "Advertising")
    assert Decision.objects.count() == AuditEntry.objects.count() == 1


def test_it_is_kept_while_an_appeal_is_open(
    held: HeldMessage, conversation: Conversation, shopper: User, moderator: User, lead: User
) -> None:
    reject(moderator, held.pk, "Advertising")
    row = appeal(shopper, Decision.objects.get().pk, "It is harmless")
    HeldMessage.objects.update(decided_at=timezone.now() - timedelta(days=201))
    (kept,) = RULES
    assert sum(count for count, _kept in purge(kept, 10)) == 0
    decide(lead, row.pk, "upheld", "It is advertising.")
    assert sum(count for count, _kept in purge(kept, 10)) == 1
    assert Decision.objects.get().held is None


def test_the_decision_outlives_its_sender(
    held: HeldMessage, conversation: Conversation, shopper: User, moderator: User, lead: User
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "Two")
    reject(moderator, held.pk, "Advertising")
    row = appeal(shopper, Decision.objects.get().pk, "It is harmless")
    deletion.delete_account(shopper.pk)
    decide(lead, row.pk, "overturned", "")
    assert Decision.objects.get().overturned_at is not None
