"""Decide about a person, and overturn a decision: each in one transaction with one audit entry."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.cases import claims
from messaging.deletion import forget_if_deleted
from messaging.host import host
from messaging.models import Appeal, Case, Decision, HeldMessage, Report
from messaging.moderation import actions as moderation
from messaging.review import actions as review
from messaging.rules import staff_feedback
from trato.audit import queries as audit
from trato.audit.actions import record, require_permission, require_reason
from trato.errors import AlreadyDone
from trato.people import Person, display_name, is_deleted, lock_person

from . import answers, measures, notices
from .drafts import draft, refusal, require_may, require_nothing_newer, require_of_person, validate
from .drafts import may_decide_about as may_decide_about
from .drafts import require_short as require_short
from .ruling import Measure, Ruling, require_sound


def decide(actor: Person, person_id: int, ruling: Ruling) -> Decision:
    """Store a decision about a person, carry out its measure, and notify the person.

    See `decide_about_all`, which does so for several people.
    """
    return decide_about_all(actor, [person_id], ruling)[0]


@transaction.atomic
def decide_about_all(actor: Person, people: Iterable[int], ruling: Ruling) -> list[Decision]:
    """Store the same decision about several people, carry it out, and notify them.

    A decision that answers a report closes all open reports that blame the same side of the item,
    and notifies their reporters. So does removing a message after staff looked on their own
    initiative. People aren't told of a decision without a measure (`dismiss`), because they have
    nothing to appeal against. Each decision leaves its own audit entry, and so does each report
    that is closed with it, except the one that the decisions name.

    Returns:
        The decisions. People who are already under such a measure are skipped.

    Raises:
        Claimed: somebody else is working on the case of the report or of the held message; if staff
            looked on their own initiative, see `answers.lock`.
        AlreadyDone: the report has been closed, somebody has decided about one of the people since
            `seen`, or the measure is already in force for all of them; nothing is changed.
        PermissionDenied: the actor lacks the permission, or one of the people is staff or the
            actor.
        ValidationError: a reason is missing, the notice would have a gap, or the actor has filed
            one of the reports.
        ValueError: a measure, a source or a ground is unknown.
        Message.DoesNotExist, Conversation.DoesNotExist, Report.DoesNotExist,
            HeldMessage.DoesNotExist: not one of these people's.
    """
    require_permission(actor, "messaging.make_decision")
    require_sound(ruling)
    keys = sorted({*people})
    reports = answers.lock(actor, keys, ruling)
    claims.require_uninvolved(actor, [report.reporter_id for report in reports])
    held = _held(keys, ruling)
    locked = [lock_person(key) for key in keys]  # all of them before what the decision is about
    drafted = [_drafted(actor, person, ruling, reports, held) for person in locked]
    refusals = {one.person_id: refusal(one) for one in drafted}
    decisions = [one for one in drafted if refusals[one.person_id] is None]
    if not decisions:
        raise next(one for one in refusals.values() if one is not None)
    for place, decision in enumerate(decisions):
        _store(actor, decision, is_first=place == 0)
    is_measure = ruling.measure != Measure.DISMISS
    outcome = Report.Outcome.UPHELD if is_measure else Report.Outcome.DISMISSED
    now = timezone.now()
    for report in reports:
        report.message = decisions[0].message  # as the decision left it
        moderation.close(actor, report, outcome, now)
        if report.pk != decisions[0].report_id:  # the decision's own entry names that one
            record(actor, f"report.{outcome}", f"report:{report.pk}", f"decision:{decisions[0].pk}")
    for decision in decisions:
        forget_if_deleted(decision.person)
    _count(decisions[0])
    return decisions


def _drafted(
    actor: Person, person: Any, ruling: Ruling, reports: list[Report], held: HeldMessage | None
) -> Decision:
    """Return a checked decision about a locked person. Locks what it is about."""
    require_may(actor, person, ruling)
    if ruling.seen is not None:
        require_nothing_newer(person, ruling.seen)
    decision = draft(actor, person, ruling, reports, held)
    measures.lock_things(decision)
    if decision.measure == Measure.REJECT and decision.held and decision.conversation:
        decision.held = review.waiting(actor, decision.held.pk, decision.conversation)
    elif held is not None:  # its case is locked last, as in a delivery or a withdrawal
        claims.require(actor, Case.Kind.HELD, held.subject)
    require_of_person(decision)
    validate(decision)
    return decision


def _store(actor: Person, decision: Decision, *, is_first: bool) -> None:
    """Store a decision and carry it out; a measure on a shared item only for the first person."""
    decision.save()
    if is_first or decision.measure not in measures.SHARED:
        measures.carry_out(decision)
    if decision.measure != Measure.DISMISS and not is_deleted(decision.person):
        notices.notify(decision)
    record(actor, f"decision.{decision.measure}", f"decision:{decision.pk}", decision.facts)


def _count(decision: Decision) -> None:
    """Count that staff agreed with a rule. Locks the rule, so call it last."""
    if decision.measure == Measure.DISMISS:
        return
    if decision.held is not None:
        staff_feedback.judge(decision.held, is_wrong=False)
    else:
        staff_feedback.confirm(decision.rule)


@transaction.atomic
def undo(actor: Person, decision_id: int, reason: str) -> Decision:
    """Undo everything a decision did, without an appeal, and notify the person.

    Raises:
        AlreadyDone: it has been undone, or its time is over.
        Claimed: somebody else is working on a case of its item or its person.
        PermissionDenied: the actor may not make such a decision.
        ValidationError: no reason is given, or staff have to decide the person's open appeal first.
        Decision.DoesNotExist: there is no such decision.
    """
    require_permission(actor, "messaging.make_decision")
    reason = require_reason(reason)
    asked = Decision.objects.get(pk=decision_id)
    answers.require_free(actor, asked)
    person = lock_people([asked, *measures.together(asked)])[asked.person_id]
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    decision = rows.get(pk=decision_id)
    decision.person = person
    require_may(actor, person, decision)
    if not decision.is_in_force or decision.measure == Measure.DISMISS:
        raise AlreadyDone(_("This decision is no longer in force."), None, decision.overturned_at)
    undone = [decision, *measures.together(decision)]
    if Appeal.objects.filter(decision__in=undone, outcome="").exists():
        raise ValidationError(_("The person has appealed. Decide the appeal."), code="appealed")
    overturn(actor, decision)
    if not is_deleted(person):
        notices.notify_undone(decision)
    record(actor, "decision.undone", f"decision:{decision.pk}", reason)
    forget_if_deleted(person)
    count_overturned(decision)
    return decision


@transaction.atomic
def restore(actor: Person, person_id: int, reason: str) -> None:
    """Restore a suspended account: undo each decision that suspends it.

    An account that was suspended without a decision, for example by another program, is restored,
    too.

    Raises:
        AlreadyDone: the account is not suspended.
        Claimed: somebody else is working on a case of the person.
        PermissionDenied: the actor lacks the permission, or the account is the actor's own or,
            unless the actor is a superuser, belongs to a staff member.
        ValidationError: no reason is given, or staff have to decide the person's open appeal first.
        ObjectDoesNotExist: the account does not exist.
    """
    require_permission(actor, "messaging.make_decision")
    person = lock_person(person_id)
    if not host.may_suspend(actor, person):
        raise PermissionDenied("suspend")
    reason = require_reason(reason)
    suspensions = Decision.objects.filter(person=person_id, measure=Measure.SUSPEND)
    if person.is_active:
        last = suspensions.exclude(overturned_at=None).first()
        before = audit.last("decision.undone", f"decision:{last.pk}") if last else None
        raise AlreadyDone(
            _("%(name)s is not suspended.") % {"name": display_name(person)},
            before.actor if before else None,
            before.created_at if before else None,
        )
    not_overturned = suspensions.filter(overturned_at=None).order_by("pk")
    rows = not_overturned.select_related("person")
    if in_force := [row.pk for row in rows if row.is_in_force]:
        for key in in_force:
            undo(actor, key, reason)
        return
    claims.require_free(actor, Q(person=person_id))
    host.set_active(person_id, active=True)
    record(actor, "user.restored", f"user:{person_id}", reason)


def overturn(actor: Person, decision: Decision) -> None:
    """Undo everything a decision did, as part of an action that is recorded.

    If several people share the item, such as the owners of a shop, each of them has a decision
    about it. All these decisions are overturned, and each of the others leaves an audit entry.

    Args:
        decision: in force or over, but not overturned; the caller holds the lock of its appeal.
    """
    lock_people([decision, *measures.together(decision)])
    others = list(measures.together(decision).select_related("person"))
    measures.lock_things(decision)
    now = timezone.now()
    for one in (decision, *others):
        one.overturned_at = now
        one.save(update_fields=["overturned_at"])
    measures.undo(decision)
    for one in others:
        if not is_deleted(one.person):
            notices.notify_undone(one)
        record(actor, "decision.overturned", f"decision:{one.pk}", f"decision:{decision.pk}")
    answers.notify_reporters(decision)


def lock_people(decisions: Iterable[Decision]) -> dict[int, Any]:
    """Lock the people whom decisions are about, in the order of their keys."""
    return {key: lock_person(key) for key in sorted({one.person_id for one in decisions})}


def count_overturned(decision: Decision) -> None:
    """Count that a rule was wrong if a decision was overturned. Locks the rule, so call it last."""
    if decision.held is None:
        counted_on = decision.created_at.astimezone(UTC).date()
        staff_feedback.overturn(decision.rule, counted_on=counted_on)
        return
    not_overturned = Decision.objects.filter(held=decision.held, overturned_at=None)
    if not not_overturned.exclude(measure=Measure.DISMISS).exists():
        staff_feedback.judge(decision.held, is_wrong=True)


def _held(people: list[int], ruling: Ruling) -> HeldMessage | None:
    if ruling.held_id is None:
        return None
    held = HeldMessage.objects.get(pk=ruling.held_id, conversation=ruling.conversation_id)
    if people != [held.sender_id]:
        raise HeldMessage.DoesNotExist("the held message is of somebody else")
    return held
