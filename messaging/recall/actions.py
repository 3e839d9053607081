"""Search for the copies of a scam, recall them, undo a recall: each is one transaction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.appeals import actions as appeals
from messaging.cases import claims
from messaging.decisions import actions as decisions
from messaging.decisions import answers
from messaging.decisions import notices as decision_notices
from messaging.decisions.ruling import Measure, Ruling
from messaging.deletion import forget_if_deleted
from messaging.models import (
    NOT_HIDDEN,
    Case,
    Conversation,
    Decision,
    Message,
    Recall,
    RecallItem,
    Report,
)
from messaging.moderation import actions as moderation
from messaging.reports import cases
from messaging.sanctions.queries import in_force_until
from trato.array_parameters import listed
from trato.audit import queries as audit
from trato.audit.actions import record, require_permission, require_reason
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone
from trato.people import Person, is_deleted

from . import notices
from .candidates import RELATED, SCAM, Candidate, find

PERMISSION = "messaging.make_recall"


@dataclass(frozen=True, kw_only=True)
class Order:
    """The messages to recall besides the scam itself, and the reasons, which the senders read.

    Args:
        message_ids: the copies; messages that no longer match are left out.
        facts, ground, clause, explanation: as in `Ruling`.
        mute_until: the end of all senders' mutes; None to mute nobody.
    """

    message_ids: Collection[int]
    facts: str
    ground: str
    clause: str
    explanation: str
    mute_until: datetime | None = None


@transaction.atomic
def search(actor: Person, message_id: int) -> AuditEntry:
    """Record that a moderator searches for the copies of a scam, and may see them for a while.

    Both sides of the copies' conversations see later that staff looked.

    Raises:
        Claimed: somebody else is working on its case.
        PermissionDenied: the actor lacks the permission.
        ValidationError: the scam isn't confirmed.
        Message.DoesNotExist: there is no such message.
    """
    require_permission(actor, PERMISSION)
    claims.require(actor, Case.Kind.REPORT, f"message:{message_id}")
    case_id = _require_confirmed(message_id)
    why = f"case:{case_id}" if case_id else "removed"
    scam = Message.objects.select_related(*RELATED).get(pk=message_id)
    copies = [one.message.conversation_id for one in find(actor, scam).candidates()]
    entry = record(actor, "recall.searched", f"message:{message_id}", why)
    moderation.note_looks(copies, case_id)  # after the entry, see `candidates.find`
    return entry


def searched(actor: Person, message_id: int) -> AuditEntry | None:
    """Return the recorded search that lets the actor see the copies of a scam now.

    Raises:
        PermissionDenied: the actor lacks the permission.
    """
    require_permission(actor, PERMISSION)
    return audit.last(
        "recall.searched",
        f"message:{message_id}",
        actor=actor,
        within=timedelta(minutes=settings.RECALL_SEARCH_MINUTES),
    )


@transaction.atomic
def recall(actor: Person, message_id: int, order: Order) -> Recall:
    """Recall a scam and its copies, mute their senders if asked, and warn everybody who got one.

    One transaction does all of it or nothing; `RECALL_MOST` limits its size. Each message and each
    mute is a decision with its own audit entry, and the recall itself leaves one more.

    Raises:
        AlreadyDone: the scam and all the copies have already been recalled.
        Claimed: somebody else is working on the case of one of the messages.
        PermissionDenied: the actor lacks a permission.
        ValidationError: the scam isn't confirmed, or a reason is missing.
        Message.DoesNotExist: there is no such message.
    """
    require_permission(actor, PERMISSION)
    require_reason(order.facts)
    scam = Message.objects.select_related(*RELATED).get(pk=message_id)
    chosen = set(order.message_ids)
    copies = [one for one in find(actor, scam).candidates() if one.message.pk in chosen]
    items = [Candidate(scam, [SCAM]), *copies]
    # So that the conversations' notifications are changed in the same order, too.
    items.sort(key=lambda one: (one.message.conversation_id, one.message.pk))
    reports = _lock(actor, items)
    _require_confirmed(message_id)
    if earlier := Recall.objects.filter(items__message=scam, undone_at=None).first():
        items = _not_recalled(items)  # one recall may not have reached all copies
        if not items:
            raise AlreadyDone(
                _("This message was recalled before."), earlier.made_by, earlier.created_at
            )
    hidden = _hidden(items)
    stored = Recall.objects.create(
        message=scam,
        messages=len(items),
        senders=len({one.message.sender_id for one in items}),
        warned=0,
        made_by_id=actor.pk,
    )
    removals = {
        one.message.pk: _remove(actor, order, one, reports)
        for one in items
        if one.message.pk not in hidden
    }
    RecallItem.objects.bulk_create(
        RecallItem(
            recall=stored,
            message=one.message,
            why=one.why,
            decision=removals.get(one.message.pk),
        )
        for one in items
    )
    if order.mute_until:
        stored.mutes.set(_mute(actor, order, items))
    stored.warned = notices.warn(stored, [one.message for one in items])
    stored.save(update_fields=["warned"])
    record(actor, "recall.made", f"recall:{stored.pk}", order.facts)
    return stored


@transaction.atomic
def undo(actor: Person, recall_id: int, reason: str) -> Recall:
    """Undo everything a recall did: messages come back, mutes end, warnings are withdrawn.

    Decisions that an appeal has already overturned stay overturned. Open appeals against the other
    decisions are closed, because their authors were right.

    Raises:
        AlreadyDone: the recall has already been undone.
        Claimed: somebody else is working on the case of such an appeal, a message or a sender.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given, or the actor has sent one of the messages.
        Recall.DoesNotExist: there is no such recall.
    """
    require_permission(actor, PERMISSION)
    reason = require_reason(reason)
    row = Recall.objects.select_for_update(of=("self",), no_key=True).get(pk=recall_id)
    if row.undone_at:
        raise AlreadyDone(_("This recall is undone."), row.undone_by, row.undone_at)
    keys = [*row.items.filter(decision__isnull=False).values_list("decision", flat=True)]
    keys += row.mutes.values_list("pk", flat=True)
    appeals.lock_open(actor, keys)  # in lock order, their cases precede people
    about = Decision.objects.filter(pk__in=listed(keys)).values_list("person", "conversation")
    _lock_people(person for person, _talk in about)
    _lock_conversations(talk for _person, talk in about)
    open_appeals = appeals.lock_open(actor, keys)  # including those filed meanwhile
    in_force = Decision.objects.filter(pk__in=listed(keys), overturned_at=None).order_by("pk")
    to_undo = list(in_force.select_related("person", "message"))
    claims.require_uninvolved(actor, [one.person_id for one in to_undo])
    for decision in to_undo:
        answers.require_free(actor, decision)
    row.undone_at, row.undone_by_id = timezone.now(), actor.pk
    row.save(update_fields=["undone_at", "undone_by"])  # all its warnings are withdrawn below
    for decision in to_undo:
        decisions.overturn(actor, decision)
        if not is_deleted(decision.person):
            decision_notices.notify_undone(decision)
        record(actor, "decision.overturned", f"decision:{decision.pk}", reason)
        forget_if_deleted(decision.person)
    appeals.close_undone(actor, open_appeals, reason)
    notices.withdraw(row)
    record(actor, "recall.undone", f"recall:{row.pk}", reason)
    return row


def _require_confirmed(message_id: int) -> int | None:
    """Require that staff removed a message, or have an open case about it; return the case."""
    cases_of = Case.objects.filter(
        kind=Case.Kind.REPORT, subject=f"message:{message_id}", closed_at=None
    )
    case_id = cases_of.values_list("pk", flat=True).first()
    if case_id is None and Message.objects.get(pk=message_id).removed_at is None:
        raise ValidationError(_("Decide about this message first."))
    return case_id


def _lock(actor: Person, items: Collection[Candidate]) -> dict[int, int]:
    """Lock all that the decisions will change, in the order of docs/decisions/0013-lock-order.md.

    Returns:
        One open report for each message that has any.
    """
    about = Report.objects.filter(
        message__in=listed(one.message.pk for one in items), outcome=""
    ).order_by("message", "pk")
    reports: dict[int, int] = {}
    for pk, message_id in about.values_list("pk", "message"):
        if message_id not in reports:
            reports[message_id] = pk
            cases.claimed(actor, pk)
    list(about.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    _lock_people(one.message.sender_id for one in items)
    _lock_conversations(one.message.conversation_id for one in items)
    return reports


def _lock_people(keys: Iterable[int]) -> None:
    people = get_user_model()._default_manager.filter(pk__in=listed(set(keys)))
    list(people.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _lock_conversations(keys: Iterable[int | None]) -> None:
    talks = Conversation.objects.filter(pk__in=listed({key for key in keys if key}))
    list(talks.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _not_recalled(items: Collection[Candidate]) -> list[Candidate]:
    """Return the candidates that no recall has removed. Call it under their locks."""
    keys = listed(one.message.pk for one in items)
    rows = RecallItem.objects.filter(message__in=keys, recall__undone_at=None)
    before = set(rows.values_list("message", flat=True))
    return [one for one in items if one.message.pk not in before]


def _hidden(items: Iterable[Candidate]) -> set[int]:
    """Return the IDs of messages that are removed or withdrawn. Call it under their locks."""
    rows = Message.objects.filter(pk__in=listed(one.message.pk for one in items))
    return set(rows.exclude(**NOT_HIDDEN).values_list("pk", flat=True))


def _remove(actor: Person, order: Order, item: Candidate, reports: Mapping[int, int]) -> Decision:
    message = item.message
    ruling = _ruling(
        order,
        Measure.REMOVE,
        message_id=message.pk,
        report_id=reports.get(message.pk),
        is_found_automatically=SCAM not in item.kinds,
    )
    return decisions.decide(actor, message.sender_id, ruling)


def _mute(actor: Person, order: Order, items: Iterable[Candidate]) -> list[Decision]:
    """Mute each sender whose account still exists and who isn't already muted for as long."""
    senders = {one.message.sender_id: one.message.sender for one in items}
    mutes = []
    for pk, person in sorted(senders.items()):
        is_muted, until = in_force_until(pk, Measure.MUTE)
        is_longer = is_muted and until and order.mute_until and until >= order.mute_until
        if not is_longer and not is_deleted(person):
            ruling = _ruling(order, Measure.MUTE, ends_at=order.mute_until)
            mutes.append(decisions.decide(actor, pk, ruling))
    return mutes


def _ruling(order: Order, measure: str, **values: Any) -> Ruling:
    return Ruling(
        measure=measure,
        facts=order.facts,
        ground=order.ground,
        clause=order.clause,
        explanation=order.explanation,
        **values,
    )
