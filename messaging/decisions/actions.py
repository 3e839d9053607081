"""Decide about a person, and overturn a decision: each is one act, one transaction, one entry."""

import calendar
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.cases import claims
from messaging.host import host
from messaging.models import Appeal, Case, Conversation, Decision, HeldMessage, Message, Report
from messaging.moderation import actions as moderation
from messaging.review import actions as review
from messaging.rules import verdicts
from messaging.sanctions.queries import in_force_until
from trato.audit.actions import record, require_reason
from trato.errors import AlreadyDone
from trato.people import Person, display_name, is_deleted, lock_person
from trato.text import has_control_characters

from . import answers, measures, notices
from .ruling import SCOPES, TIMED, Ruling, require_sound

Measure = Decision.Measure


def decide(actor: Person, person_id: int, ruling: Ruling) -> Decision:
    """Store a decision about a person, carry out its measure, and notify the person.

    See `decide_about_all`, which does so for several people.
    """
    return decide_about_all(actor, [person_id], ruling)[0]


@transaction.atomic
def decide_about_all(actor: Person, people: Iterable[int], ruling: Ruling) -> list[Decision]:
    """Store the same decision about each of some people, carry it out, and notify them.

    An answer to a report closes all open reports that blame the same side of the thing, and
    notifies their reporters; so does the removal of a message by staff's own look. One without a
    measure (`dismiss`) is not told to the people, who have nothing to appeal against. Each decision
    leaves an entry of its own.

    Raises:
        Claimed: somebody else works on the case of the report or of the held message; for staff's
            own look, see `answers.lock`.
        AlreadyDone: the report has been closed, somebody has decided about one of the people since
            `seen`, or the measure is in force already; nothing is changed.
        PermissionDenied: the actor lacks the permission, or one is staff or the actor.
        ValidationError: a reason is missing, the notice would have a gap, or the actor has reported
            it.
        ValueError: a measure, a source or a ground is unknown.
        Message.DoesNotExist, Conversation.DoesNotExist, Report.DoesNotExist,
            HeldMessage.DoesNotExist: there is no such thing of one of these people.
    """
    require(actor, "messaging.make_decision")
    require_sound(ruling)
    people = sorted({*people})
    reports = answers.lock(actor, people, ruling)
    claims.require_uninvolved(actor, [report.reporter_id for report in reports])
    held = _held(people, ruling)
    decisions = [_decide(actor, person_id, ruling, reports, held) for person_id in people]
    is_measure = ruling.measure != Measure.DISMISS
    outcome = Report.Outcome.UPHELD if is_measure else Report.Outcome.DISMISSED
    now = timezone.now()
    for report in reports:
        report.message = decisions[0].message  # as the decision left it
        moderation.close(actor, report, outcome, now)
    return decisions


def _decide(
    actor: Person,
    person_id: int,
    ruling: Ruling,
    reports: list[Report],
    held: HeldMessage | None,
) -> Decision:
    person = lock_person(person_id)
    _require_may(actor, person, ruling)
    if ruling.seen is not None:
        _require_nothing_newer(person, ruling.seen)
    decision = _decision(actor, person, ruling, reports, held)
    measures.lock_things(decision)
    if decision.measure == Measure.REJECT and decision.held and decision.conversation:
        decision.held = review.waiting(actor, decision.held.pk, decision.conversation)
    elif held is not None:  # its case comes last, as where it is delivered or taken back
        claims.require(actor, Case.Kind.HELD, held.subject)
    _require_of_person(decision)
    _require_new(decision)
    _validate(decision)
    decision.save()
    measures.carry_out(decision)
    if decision.measure != Measure.DISMISS and not is_deleted(person):
        notices.notify(decision)
    record(actor, f"decision.{decision.measure}", f"decision:{decision.pk}", decision.facts)
    if decision.measure == Measure.DISMISS:
        return decision
    if held is not None:
        verdicts.judge(held, is_wrong=False)
    else:
        verdicts.confirm(decision.rule)
    return decision


@transaction.atomic
def undo(actor: Person, decision_id: int, reason: str) -> Decision:
    """Undo all that a decision did, without an appeal, and notify the person.

    Raises:
        AlreadyDone: it has been undone, or its time is over.
        PermissionDenied: the actor may not make such a decision.
        ValidationError: no reason is given, or the person's appeal is open, which answers it.
        Decision.DoesNotExist: it does not exist.
    """
    require(actor, "messaging.make_decision")
    reason = require_reason(reason)
    asked = Decision.objects.get(pk=decision_id)
    person = lock_person(asked.person_id)
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    decision = rows.get(pk=decision_id)
    decision.person = person
    _require_may(actor, person, decision)
    if not decision.is_in_force or decision.measure == Measure.DISMISS:
        raise AlreadyDone(_("This decision is no longer in force."), None, decision.overturned_at)
    if Appeal.objects.filter(decision=decision, outcome="").exists():
        raise ValidationError(_("The person has appealed. Decide the appeal."), code="appealed")
    overturn(decision)
    if not is_deleted(person):
        notices.notify_undone(decision)
    record(actor, "decision.undone", f"decision:{decision.pk}", reason)
    count_overturned(decision)
    return decision


def overturn(decision: Decision) -> None:
    """Undo all that a decision did, as part of an act that is on record.

    Args:
        decision: in force or over, not overturned; the caller holds the lock of its appeal.
    """
    lock_person(decision.person_id)
    measures.lock_things(decision)
    decision.overturned_at = timezone.now()
    decision.save(update_fields=["overturned_at"])
    measures.undo(decision)
    answers.tell_reporters(decision)


def count_overturned(decision: Decision) -> None:
    """Count that a rule was wrong if a decision was overturned. Locks the rule, so call it last."""
    if decision.held is None:
        counted_on = decision.created_at.astimezone(UTC).date()
        verdicts.overturn(decision.rule, counted_on=counted_on)
        return
    standing = Decision.objects.filter(held=decision.held, overturned_at=None)
    if not standing.exclude(measure=Measure.DISMISS).exists():
        verdicts.judge(decision.held, is_wrong=True)


def may_decide_about(actor: Person, person: Any) -> bool:
    """Whether a member of staff may decide about a person, whatever the measure."""
    may = actor.is_active and actor.is_staff and actor.has_perm("messaging.make_decision")
    of_staff = person.is_staff or person.is_superuser
    return may and actor.pk != person.pk and (actor.is_superuser or not of_staff)


def require(actor: Person, permission: str) -> None:
    """Raise PermissionDenied unless a member of staff has a permission."""
    if not (actor.is_active and actor.is_staff and actor.has_perm(permission)):
        raise PermissionDenied(permission)  # only for the log


def months_after(time: datetime, months: int) -> datetime:
    """Return the same time of day some months later, on the last day of a shorter month."""
    years, month = divmod(time.month - 1 + months, 12)
    year, month = time.year + years, month + 1
    day = min(time.day, calendar.monthrange(year, month)[1])
    return time.replace(year=year, month=month, day=day)


def _held(people: list[int], ruling: Ruling) -> HeldMessage | None:
    if ruling.held_id is None:
        return None
    held = HeldMessage.objects.get(pk=ruling.held_id, conversation=ruling.conversation_id)
    if people != [held.sender_id]:
        raise HeldMessage.DoesNotExist("the held message is of somebody else")
    return held


def _require_may(actor: Person, person: Any, ruling: Ruling | Decision) -> None:
    if not may_decide_about(actor, person):
        raise PermissionDenied("messaging.make_decision")
    if ruling.measure == Measure.REMOVE:
        require(actor, "messaging.remove_message")
    if ruling.measure == Measure.REJECT:
        review.require_reviewer(actor)
    if ruling.measure == Measure.SUSPEND and not host.may_suspend(actor, person):
        raise PermissionDenied("suspend")


def _require_nothing_newer(person: Any, seen: int) -> None:
    newer = Decision.objects.filter(person=person, pk__gt=seen).select_related("decided_by")
    if latest := newer.first():
        text = _("Somebody has decided about %(name)s meanwhile.")
        raise AlreadyDone(
            text % {"name": display_name(person)}, latest.decided_by, latest.created_at
        )


def _decision(
    actor: Person,
    person: Any,
    ruling: Ruling,
    reports: list[Report],
    held: HeldMessage | None,
) -> Decision:
    now, measure = timezone.now(), Measure(ruling.measure)
    source = Decision.Source.REPORT if reports else Decision.Source(ruling.source)
    rule, is_found = ruling.rule, ruling.is_found_automatically
    if held is not None and held.reason:  # it doesn't only wait behind another one
        source, rule, is_found = Decision.Source.RULE, held.reason, True
    return Decision(
        person=person,
        message=Message.objects.get(pk=ruling.message_id) if ruling.message_id else None,
        conversation_id=ruling.conversation_id,
        held=held,
        report_id=ruling.report_id or (reports[0].pk if reports else None),
        measure=measure,
        scope=SCOPES.get(measure, Decision.Scope.ACCOUNT),
        starts_at=now,
        ends_at=ruling.ends_at if measure in TIMED else None,
        facts=require_reason(ruling.facts),
        source=source,
        rule=rule if source == Decision.Source.RULE else "",
        is_found_automatically=is_found,
        is_decided_automatically=ruling.is_decided_automatically,
        ground=Decision.Ground(ruling.ground) if ruling.ground else "",
        clause=ruling.clause.strip(),
        explanation=require_reason(ruling.explanation) if ruling.explanation.strip() else "",
        appeal_until=months_after(now, settings.APPEAL_MONTHS)
        if measure != Measure.DISMISS
        else None,
        decided_by_id=actor.pk,
        created_at=now,
    )


def _require_of_person(decision: Decision) -> None:
    """Make sure that the person wrote the message, or takes part in the conversation."""
    message, conversation = decision.message, decision.conversation
    if message is not None and message.sender_id != decision.person_id:
        raise Message.DoesNotExist("the message is of somebody else")
    if message is None and conversation is not None:
        is_shopper = conversation.consumer_id == decision.person_id
        if not is_shopper and not host.is_member(decision.person_id, conversation.shop_id):
            raise Conversation.DoesNotExist("the person takes no part in it")


def _require_new(decision: Decision) -> None:
    """Refuse a sanction that another one includes."""
    is_restored = decision.measure == Measure.SUSPEND and decision.person.is_active
    if decision.measure not in TIMED or is_restored:  # by hand, before its time
        return
    is_in_force, until = in_force_until(decision.person_id, decision.measure)
    is_longer = decision.ends_at and until and decision.ends_at > until
    if is_in_force and not is_longer and (until is None or decision.ends_at is not None):
        raise measures.already(_("A decision that holds as long is in force already."), decision)


def _validate(decision: Decision) -> None:
    """Check the reasons, which only a decision without a measure may lack."""
    if decision.measure != Measure.DISMISS:
        for name in ("ground", "clause", "explanation"):
            if not getattr(decision, name):
                raise ValidationError({name: _("Enter a reason.")})
    for name in ("facts", "clause", "explanation"):
        require_short(decision, name)
    if has_control_characters(decision.clause):
        raise ValidationError({"clause": _("The text contains characters that can't be shown.")})


def require_short(row: Model, name: str) -> None:
    """Raise ValidationError if a text is longer than its column, which text columns don't check."""
    field = row._meta.get_field(name)
    if len(getattr(row, name)) > (field.max_length or 0):  # type: ignore[union-attr]
        raise ValidationError({name: _("This text is too long.")})
