"""A decision is one record: it is carried out, announced and recorded together, or not at all."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from accounts.models import User
from messaging.decisions.actions import decide
from messaging.decisions.drafts import months_after
from messaging.decisions.ruling import Ruling
from messaging.models import Conversation, Decision, HeldMessage, Message, Report, Sanction
from messaging.reports.actions import report_message
from notifications.models import Notification
from tests.messaging.decisions.conftest import REASONS
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = pytest.mark.django_db

Ruled = Callable[..., Decision]
MEASURES = [one.value for one in Decision.Measure if one != "hide"]  # that is about a shop


def on(measure: str, message: Message) -> dict[str, Any]:
    """Return the object of a measure."""
    if measure == "reject":
        held = HeldMessage.objects.create(
            conversation=message.conversation,
            sender=message.sender,
            side=message.side,
            client_id=uuid.uuid4(),
            body="Pay elsewhere",
            reason="rule",
        )
        return {"held_id": held.pk, "conversation_id": held.conversation_id}
    return {"message_id": message.pk} if measure in ("remove", "close", "dismiss") else {}


def everything() -> list[Any]:
    models = (Decision, Sanction, Notification, AuditEntry, Report, Message, Conversation, User)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_decision_is_one_row_in_the_audit_trail(
    measure: str, ruled: Ruled, shopper: User, said: Message, moderator: User
) -> None:
    before = AuditEntry.objects.count()
    decision = ruled(shopper, measure, **on(measure, said))
    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.verb, entry.subject) == (f"decision.{measure}", f"decision:{decision.pk}")
    assert (entry.actor, entry.reason) == (moderator, REASONS["facts"])


@pytest.mark.parametrize("measure", MEASURES)
def test_a_decision_is_carried_out(
    measure: str, ruled: Ruled, shopper: User, said: Message
) -> None:
    ruled(shopper, measure, **on(measure, said))
    said.refresh_from_db()
    shopper.refresh_from_db()
    conversation = said.conversation
    conversation.refresh_from_db()
    kinds = set(Sanction.objects.values_list("kind", flat=True))
    assert (said.removed_at is not None) == (measure == "remove")
    assert (conversation.is_closed and conversation.ended_at is not None) == (measure == "close")
    assert shopper.is_active == (measure != "suspend")
    expected = {"mute": {"mute"}, "limit": {"limit"}, "suspend": {"suspension"}}
    assert kinds == expected.get(measure, set())


@pytest.mark.parametrize("measure", MEASURES)
def test_the_person_is_told_of_each_measure_and_of_no_other_decision(
    measure: str, ruled: Ruled, shopper: User, said: Message, moderator: User
) -> None:
    ruled(shopper, measure, **on(measure, said))
    notices = Notification.objects.filter(recipient=shopper, news__subject_kind="decision")
    if measure == "dismiss":
        assert not notices.exists()
        return
    news = notices.get().news
    titles = set()
    for language in ("en", "es"):
        with translation.override(language):
            news.__dict__.pop("words", None)
            titles.add(news.words.title)
            assert moderator.name not in f"{news.words}"
    assert len(titles) == 2


@pytest.mark.parametrize(
    "gap",
    [
        {"facts": "On {{ date }} you asked to pay."},
        {"explanation": "Because {{ why }}."},
        {"clause": "{{ clause }}"},
        {"facts": " "},
        {"explanation": ""},
        {"clause": ""},
        {"ground": ""},
        {"facts": "x" * 2001},
        {"clause": "x" * 201},
    ],
)
def test_a_statement_with_a_gap_is_neither_stored_nor_sent(
    gap: dict[str, str], ruled: Ruled, shopper: User, said: Message
) -> None:
    before = everything()
    with pytest.raises(ValidationError):
        ruled(shopper, "remove", message_id=said.pk, **gap)
    assert everything() == before
    ruled(shopper, "remove", message_id=said.pk)


def test_a_products_name_is_no_gap(ruled: Ruled, shopper: User, said: Message) -> None:
    Conversation.objects.update(product_title="Mug {{ blue }} 100 %(s)s")
    assert ruled(shopper, "remove", message_id=said.pk).pk


@pytest.mark.parametrize(
    ("measure", "ruling"),
    [
        ("mute", {"ends_at": None}),
        ("limit", {"ends_at": None}),
        ("mute", {"ends_at": timezone.now() - timedelta(minutes=1)}),
        ("mute", {"ends_at": timezone.now() + timedelta(days=500)}),
        ("warn", {"ends_at": timezone.now() + timedelta(days=1)}),
        ("remove", {}),
        ("close", {}),
    ],
)
def test_a_measure_needs_its_thing_and_its_time(
    measure: str, ruling: dict[str, Any], ruled: Ruled, shopper: User
) -> None:
    before = everything()
    with pytest.raises(ValidationError):
        ruled(shopper, measure, **ruling)
    assert everything() == before


def test_nobody_decides_without_the_permission_about_staff_or_oneself(
    shopper: User, seller: User, moderator: User, lead: User, ruled: Ruled
) -> None:
    before = everything()
    ruling = Ruling(measure="warn", **REASONS)
    for actor, person in ((seller, shopper), (moderator, moderator), (moderator, lead)):
        with pytest.raises(PermissionDenied):
            decide(actor, person.pk, ruling)
    assert everything() == before
    assert ruled(shopper, "warn").pk


def test_what_somebody_else_wrote_is_not_decided_about(
    ruled: Ruled, seller: User, stranger: User, said: Message, shopper: User
) -> None:
    before = everything()
    with pytest.raises(Message.DoesNotExist):
        ruled(seller, "remove", message_id=said.pk)
    with pytest.raises(Conversation.DoesNotExist):
        ruled(stranger, "close", conversation_id=said.conversation_id)
    assert everything() == before
    assert ruled(seller, "close", conversation_id=said.conversation_id).pk


def test_deciding_on_a_report_closes_all_open_reports_of_the_message(
    ruled: Ruled, seller: User, colleague: User, said: Message, shopper: User
) -> None:
    first = report_message(seller, said.conversation_id, 1, "scam", "")
    report_message(colleague, said.conversation_id, 1, "spam", "")
    decision = ruled(shopper, "remove", message_id=said.pk, report_id=first.pk)
    assert decision.source == "report"
    assert set(Report.objects.values_list("outcome", flat=True)) == {"upheld"}
    told = Notification.objects.filter(news__subject_kind="report")
    assert set(told.values_list("recipient", flat=True)) == {seller.pk, colleague.pk}
    with pytest.raises(AlreadyDone):
        ruled(shopper, "warn", message_id=said.pk, report_id=first.pk)


def test_a_dismissed_report_is_told_to_its_reporter_only(
    ruled: Ruled, seller: User, said: Message, shopper: User
) -> None:
    report = report_message(seller, said.conversation_id, 1, "scam", "")
    ruled(shopper, "dismiss", message_id=said.pk, report_id=report.pk)
    report.refresh_from_db()
    assert report.outcome == "dismissed"
    notices = Notification.objects.exclude(news__subject_kind="conversation")
    assert [row.recipient for row in notices] == [seller]


@pytest.mark.parametrize("measure", ["remove", "close", "mute", "limit", "suspend"])
def test_what_is_in_force_is_not_decided_again(
    measure: str, ruled: Ruled, shopper: User, said: Message
) -> None:
    until = timezone.now() + timedelta(days=3)
    ruling = on(measure, said) | ({"ends_at": until} if not on(measure, said) else {})
    ruled(shopper, measure, **ruling)
    before = everything()
    with pytest.raises(AlreadyDone):
        ruled(shopper, measure, **ruling)
    assert everything() == before
    if "ends_at" in ruling:
        ruled(shopper, measure, ends_at=until + timedelta(days=1))


def test_nothing_is_decided_by_somebody_who_has_not_seen_the_latest_decision(
    ruled: Ruled, shopper: User
) -> None:
    first = ruled(shopper, "warn", seen=0)
    with pytest.raises(AlreadyDone):
        ruled(shopper, "warn", seen=0)
    assert ruled(shopper, "warn", seen=first.pk).pk


def test_months_end_on_the_last_day_of_a_shorter_one() -> None:
    time = timezone.now().replace(year=2026, month=8, day=31)
    assert (months_after(time, 6).month, months_after(time, 6).day) == (2, 28)
    assert months_after(time, 4) == time.replace(month=12)
