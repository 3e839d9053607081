"""A recall removes a scam and all copies together, warns once, and is undone as a whole."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.factories import ProductFactory
from messaging.appeals import actions as appeals
from messaging.cases import claims
from messaging.factories import ConversationFactory, MessageFactory
from messaging.models import (
    Appeal,
    Case,
    Conversation,
    Decision,
    Look,
    Message,
    Recall,
    RecallWarning,
    Report,
    Sanction,
)  # fmt: skip
from messaging.recall import actions
from messaging.reports.actions import report_message
from notifications.models import Notification
from tests.messaging.recall.conftest import Sent, order
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db


def warned() -> set[int]:
    rows = Notification.objects.filter(news__subject_kind="recall", read_at=None)
    return set(rows.values_list("recipient", flat=True))


def removed() -> set[int]:
    return set(Message.objects.exclude(removed_at=None).values_list("pk", flat=True))


def verbs() -> list[str]:
    return sorted(AuditEntry.objects.values_list("verb", flat=True))


def test_copies_are_removed_their_senders_muted_and_readers_warned(
    confirmed: Message, sent: Sent, moderator: User, seller: User, colleague: User
) -> None:
    copies, [other] = sent(times=3), sent("Call +34 612 345 678")
    until = timezone.now() + timedelta(days=3)
    row = actions.recall(moderator, confirmed.pk, order(*copies, mute_until=until))
    assert removed() == {confirmed.pk, *(one.pk for one in copies)}
    revisions = Message.objects.filter(pk__in=[one.pk for one in copies]).values_list("revision")
    assert {*revisions} == {(2,)}
    senders = {one.sender_id for one in (confirmed, *copies)}
    assert set(Sanction.objects.values_list("person", flat=True)) == senders
    assert warned() == {seller.pk, colleague.pk}
    assert RecallWarning.objects.count() == 2
    assert (row.messages, row.senders, row.warned) == (4, 4, 2)
    automatic = dict(
        Decision.objects.filter(measure="remove").values_list("message", "is_found_automatically")
    )
    assert automatic == {one.pk: True for one in copies}
    # One for each message and mute, and one for the recall.
    assert verbs() == ["decision.mute"] * 4 + ["decision.remove"] * 3 + ["recall.made"]
    assert not Message.objects.get(pk=other.pk).removed_at


def test_shoppers_are_warned_once_each(sent: Sent, seller: User, moderator: User) -> None:
    scam, *copies = sent(times=5, by=seller)
    report_message(scam.conversation.consumer, scam.conversation_id, 1, "scam", "")
    actions.recall(moderator, scam.pk, order(*copies))
    assert warned() == {one.conversation.consumer_id for one in (scam, *copies)}
    assert removed() == {one.pk for one in (scam, *copies)}


def test_undoing_brings_everything_back(
    confirmed: Message, sent: Sent, moderator: User, seller: User
) -> None:
    copies = sent(times=3)
    until = timezone.now() + timedelta(days=3)
    row = actions.recall(moderator, confirmed.pk, order(*copies, mute_until=until))
    before = len(verbs())
    actions.undo(moderator, row.pk, "I was wrong")
    assert removed() == {confirmed.pk}  # it was before
    revisions = Message.objects.filter(pk__in=[one.pk for one in copies]).values_list("revision")
    assert {*revisions} == {(3,)}
    assert not Sanction.objects.filter(lifted_at=None).exists()
    assert not Decision.objects.filter(overturned_at=None).exists()
    assert warned() == set()
    assert len(verbs()) == before + 7 + 1
    assert verbs().count("decision.overturned") == 7
    assert verbs().count("recall.undone") == 1
    with pytest.raises(AlreadyDone):
        actions.undo(moderator, row.pk, "Again")
    again = actions.recall(moderator, confirmed.pk, order(*copies))
    assert again.messages == 4


def test_an_unconfirmed_message_is_not_recalled(sent: Sent, moderator: User) -> None:
    scam, copy = sent(times=2)
    with pytest.raises(ValidationError):
        actions.search(moderator, scam.pk)
    with pytest.raises(ValidationError):
        actions.recall(moderator, scam.pk, order(copy))
    assert removed() == set()
    assert not AuditEntry.objects.exists()


def test_what_is_no_copy_is_not_recalled(confirmed: Message, sent: Sent, moderator: User) -> None:
    [innocent] = sent("I would like two of these, please, in blue")
    assert actions.recall(moderator, confirmed.pk, order(innocent)).messages == 1
    assert removed() == {confirmed.pk}


def test_nothing_is_done_if_a_reason_is_missing(
    confirmed: Message, sent: Sent, moderator: User
) -> None:
    copies = sent(times=2)
    with pytest.raises(ValidationError):
        actions.recall(moderator, confirmed.pk, order(*copies, explanation=""))
    assert removed() == {confirmed.pk}
    assert not Recall.objects.exists()


def test_reports_of_the_copies_are_closed_unless_somebody_works_on_one(
    confirmed: Message, sent: Sent, moderator: User, lead: User, seller: User
) -> None:
    copy, _other = copies = sent(times=2)
    report = report_message(seller, copy.conversation_id, 1, "scam", "")
    claims.claim(lead, Case.objects.get(subject=f"message:{copy.pk}").pk)
    with pytest.raises(claims.Claimed):
        actions.recall(moderator, confirmed.pk, order(*copies))
    assert removed() == {confirmed.pk}
    assert not Recall.objects.exists()
    actions.recall(lead, confirmed.pk, order(*copies))
    report.refresh_from_db()
    assert report.outcome == Report.Outcome.UPHELD
    assert not Case.objects.filter(closed_at=None).exists()


def test_what_somebody_else_works_on_is_not_undone(
    confirmed: Message, sent: Sent, moderator: User, lead: User, seller: User
) -> None:
    until = timezone.now() + timedelta(days=3)
    [copy] = sent()
    row = actions.recall(moderator, confirmed.pk, order(copy, mute_until=until))
    other = ConversationFactory(
        consumer=copy.sender, product=ProductFactory(shop_id=copy.conversation.shop_id)
    )
    message = MessageFactory(conversation=other, sender=copy.sender)
    report_message(seller, other.pk, message.sequence, "scam", "")
    claims.claim(lead, Case.objects.get(subject=f"message:{message.pk}").pk)
    with pytest.raises(claims.Claimed):
        actions.undo(moderator, row.pk, "Sorry")
    assert removed() == {confirmed.pk, copy.pk}
    assert not Sanction.objects.exclude(lifted_at=None).exists()
    actions.undo(lead, row.pk, "Sorry")
    assert removed() == {confirmed.pk}


def test_nobody_undoes_the_recall_of_their_own_message(
    confirmed: Message, sent: Sent, moderator: User, lead: User
) -> None:
    [copy] = sent()
    row = actions.recall(moderator, confirmed.pk, order(copy))
    Decision.objects.update(person=lead)
    with pytest.raises(ValidationError):
        actions.undo(lead, row.pk, "Sorry")
    assert removed() == {confirmed.pk, copy.pk}


def test_the_reason_for_undoing_it_is_not_kept_with_somebody_who_is_gone(
    confirmed: Message, sent: Sent, moderator: User
) -> None:
    [copy] = sent()
    row = actions.recall(moderator, confirmed.pk, order(copy))
    deletion.delete_account(copy.sender_id)
    actions.undo(moderator, row.pk, "zqquartz was right")
    about = AuditEntry.objects.filter(subject=f"decision:{Decision.objects.get().pk}")
    assert {entry.reason for entry in about} == {""}


def test_an_open_appeal_ends_with_the_recall(
    confirmed: Message, sent: Sent, moderator: User, lead: User
) -> None:
    [copy] = sent()
    row = actions.recall(moderator, confirmed.pk, order(copy))
    appeal = appeals.appeal(copy.sender, Decision.objects.get().pk, "I was hacked")
    actions.undo(lead, row.pk, "Sorry")
    appeal.refresh_from_db()
    assert appeal.outcome == Appeal.Outcome.OVERTURNED
    assert not Case.objects.filter(closed_at=None).exists()
    entry = AuditEntry.objects.get(subject=appeal.subject)
    assert (entry.verb, entry.actor, entry.reason) == ("appeal.overturned", lead, "Sorry")


def test_a_message_is_recalled_once(confirmed: Message, sent: Sent, moderator: User) -> None:
    [copy] = sent()
    actions.recall(moderator, confirmed.pk, order(copy))
    with pytest.raises(AlreadyDone):
        actions.recall(moderator, confirmed.pk, order(copy))
    assert Recall.objects.count() == 1


def test_the_sides_of_the_copies_learn_that_staff_looked(
    confirmed: Message, sent: Sent, moderator: User
) -> None:
    copies = sent(times=3)
    actions.search(moderator, confirmed.pk)
    looks = Look.objects.values_list("conversation", flat=True)
    assert sorted(looks) == sorted(copy.conversation_id for copy in copies)
    assert verbs() == ["recall.searched"]
    assert Conversation.objects.filter(has_looks=True).count() == 3
