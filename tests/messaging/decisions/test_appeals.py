"""Somebody else decides an appeal, once, and overturning undoes everything a decision did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from messaging.appeals.actions import appeal, decide
from messaging.models import Appeal, Conversation, Decision, Message, Report, Sanction
from messaging.reports.actions import report_message
from notifications.models import News, Notification
from tests.said import say
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone, Refused

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]


def on(measure: str, message: Message) -> dict[str, Any]:
    return {"message_id": message.pk} if measure in ("remove", "close") else {}


def everything() -> list[Any]:
    models = (Decision, Appeal, Sanction, Notification, AuditEntry, Report, Message, User)
    return [list(model.objects.order_by("pk").values()) for model in models]


def state(conversation: Conversation) -> list[Any]:
    """Return what both sides see, except for revisions."""
    conversation.refresh_from_db()
    columns = ("turn", "waiting_since", "ended_at", "is_closed", "last_sequence")
    messages = conversation.messages.order_by("sequence").values_list("body", "removed_at")
    people = User.objects.order_by("pk").values_list("pk", "is_active")
    excerpts = News.objects.filter(subject_kind="conversation").values_list("excerpt", flat=True)
    return [
        [getattr(conversation, name) for name in columns], list(messages), list(people),
        list(excerpts),
    ]  # fmt: skip


@pytest.mark.parametrize("measure", ["remove", "close", "warn", "limit", "mute", "suspend"])
def test_overturning_undoes_all_that_the_decision_did(
    measure: str, ruled: Ruled, shopper: User, seller: User, said: Message, lead: User
) -> None:
    before = state(said.conversation)
    revision = said.conversation.revision
    decision = ruled(shopper, measure, **on(measure, said))
    assert measure in ("warn", "limit", "mute") or state(said.conversation) != before
    row = appeal(shopper, decision.pk, "It was my sister's account")
    entries = AuditEntry.objects.count()
    decide(lead, row.pk, "overturned", "")
    assert state(said.conversation) == before
    assert not Sanction.objects.filter(lifted_at=None).exists()
    decision.refresh_from_db()
    assert decision.overturned_at is not None
    assert AuditEntry.objects.count() == entries + 1
    if measure in ("remove", "close"):
        said.refresh_from_db()
        assert said.conversation.revision == revision + 2
        assert measure == "close" or said.revision == revision + 2
    assert say(shopper, said.conversation, "Thank you").sequence == 2
    told = Notification.objects.get(news__subject_kind="appeal")
    assert told.recipient == shopper


def test_an_earlier_answer_and_a_later_one_keep_their_turn(
    ruled: Ruled, shopper: User, seller: User, said: Message, lead: User
) -> None:
    say(seller, said.conversation, "No, please pay here")
    second = say(shopper, said.conversation, "Then to my sister's account")
    before = state(said.conversation)
    decision = ruled(shopper, "remove", message_id=second.pk)
    decide(lead, appeal(shopper, decision.pk, "No").pk, "overturned", "")
    assert state(said.conversation) == before


def test_what_was_settled_by_hand_since_stays_settled(
    ruled: Ruled, shopper: User, seller: User, said: Message, lead: User, client_of: Any
) -> None:
    decision = ruled(shopper, "close", message_id=said.pk)
    Conversation.objects.update(turn="consumer", waiting_since=timezone.now())
    decide(lead, appeal(shopper, decision.pk, "No").pk, "overturned", "")
    said.conversation.refresh_from_db()
    assert said.conversation.ended_at is None


def test_upholding_needs_words_and_changes_nothing_else(
    ruled: Ruled, shopper: User, said: Message, lead: User
) -> None:
    row = appeal(shopper, ruled(shopper, "remove", message_id=said.pk).pk, "No")
    before = everything()
    for answer in ("", "  ", "We looked at {{ it }}", "x" * 2001):
        with pytest.raises(ValidationError):
            decide(lead, row.pk, "upheld", answer)
    assert everything() == before
    decide(lead, row.pk, "upheld", "It asks for a payment elsewhere.")
    said.refresh_from_db()
    assert said.removed_at is not None


def test_nobody_decides_an_appeal_against_their_own_decision(
    ruled: Ruled, shopper: User, moderator: User, lead: User, seller: User
) -> None:
    moderator.groups.add(Group.objects.get(name="Leads"))
    moderator = User.objects.get(pk=moderator.pk)
    row = appeal(shopper, ruled(shopper, "warn").pk, "No")
    before = everything()
    for actor in (moderator, seller, shopper):
        with pytest.raises(PermissionDenied):
            decide(actor, row.pk, "overturned", "")
    assert everything() == before
    decide(lead, row.pk, "overturned", "")


def test_an_appeal_is_decided_once(ruled: Ruled, shopper: User, lead: User) -> None:
    row = appeal(shopper, ruled(shopper, "warn").pk, "No")
    decide(lead, row.pk, "overturned", "")
    before = everything()
    for outcome in ("overturned", "upheld"):
        with pytest.raises(AlreadyDone):
            decide(lead, row.pk, outcome, "Again")
    assert everything() == before


def test_one_appeal_per_decision_by_its_person_with_words_in_time(
    ruled: Ruled, shopper: User, seller: User, said: Message
) -> None:
    decision = ruled(shopper, "warn")
    for words in ("", " \n", "x" * 2001, "a\0b"):
        with pytest.raises(Refused):
            appeal(shopper, decision.pk, words)
    with pytest.raises(Http404):
        appeal(seller, decision.pk, "No")
    with pytest.raises(Http404):
        appeal(shopper, ruled(shopper, "dismiss", message_id=said.pk).pk, "No")
    assert not Appeal.objects.exists()
    first = appeal(shopper, decision.pk, "No")
    assert appeal(shopper, decision.pk, "No") == first
    with pytest.raises(Refused) as refusal:
        appeal(shopper, decision.pk, "Really not")
    assert refusal.value.code == "conflict"


def test_the_deadline_ends_it(ruled: Ruled, shopper: User) -> None:
    decision = ruled(shopper, "warn")
    Decision.objects.update(appeal_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        appeal(shopper, decision.pk, "No")
    assert refusal.value.code == "forbidden"
    Decision.objects.update(appeal_until=timezone.now() + timedelta(minutes=1))
    assert appeal(shopper, decision.pk, "No").pk


def test_another_decision_of_the_same_kind_stays_in_force(
    ruled: Ruled, shopper: User, lead: User
) -> None:
    first = ruled(shopper, "suspend")
    ruled(shopper, "suspend", ends_at=None)
    decide(lead, appeal(shopper, first.pk, "No").pk, "overturned", "")
    shopper.refresh_from_db()
    assert not shopper.is_active


def test_the_reporter_is_told_that_a_removal_was_taken_back(
    ruled: Ruled, shopper: User, seller: User, said: Message, lead: User
) -> None:
    report = report_message(seller, said.conversation_id, 1, "scam", "")
    decision = ruled(shopper, "remove", message_id=said.pk, report_id=report.pk)
    decide(lead, appeal(shopper, decision.pk, "No").pk, "overturned", "")
    news = News.objects.get(subject_kind="report")
    assert "took that back" in news.words.text
    assert not any(name in f"{news.words}" for name in (lead.name, shopper.name))
