"""A decision before it is stored: who may make it, what it says, and whether it is new."""

import calendar
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.host import host, product_model
from messaging.models import Conversation, Decision, HeldMessage, Message, Report
from messaging.review import actions as review
from messaging.sanctions.queries import in_force_until
from trato.audit.actions import require_permission, require_reason
from trato.errors import AlreadyDone
from trato.people import Person, display_name
from trato.text import has_control_characters

from . import measures
from .ruling import SCOPES, TIMED, Measure, Ruling


def may_decide_about(actor: Person, person: Any) -> bool:
    """Whether a staff member may decide about a person, whatever the measure."""
    may = actor.is_active and actor.is_staff and actor.has_perm("messaging.make_decision")
    of_staff = person.is_staff or person.is_superuser
    return may and actor.pk != person.pk and (actor.is_superuser or not of_staff)


def months_after(time: datetime, months: int) -> datetime:
    """Return the same day and time some months later, or the last day if the month is too short."""
    years, month = divmod(time.month - 1 + months, 12)
    year, month = time.year + years, month + 1
    day = min(time.day, calendar.monthrange(year, month)[1])
    return time.replace(year=year, month=month, day=day)


def require_may(actor: Person, person: Any, ruling: Ruling | Decision) -> None:
    """Raise PermissionDenied unless a staff member may make, or undo, such a decision."""
    if not may_decide_about(actor, person):
        raise PermissionDenied("messaging.make_decision")
    if ruling.measure == Measure.REMOVE:
        require_permission(actor, "messaging.remove_message")
    if ruling.measure == Measure.REJECT:
        review.require_reviewer(actor)
    if ruling.measure == Measure.HIDE and not host.may_hide_product(actor):
        raise PermissionDenied("hide")
    if ruling.measure == Measure.SUSPEND and not host.may_suspend(actor, person):
        raise PermissionDenied("suspend")


def require_nothing_newer(person: Any, seen: int) -> None:
    """Raise AlreadyDone if somebody has decided about a person since the decision `seen`."""
    newer = Decision.objects.filter(person=person, pk__gt=seen).select_related("decided_by")
    if latest := newer.first():
        text = _("Somebody has decided about %(name)s meanwhile.")
        raise AlreadyDone(
            text % {"name": display_name(person)}, latest.decided_by, latest.created_at
        )


def draft(
    actor: Person,
    person: Any,
    ruling: Ruling,
    reports: list[Report],
    held: HeldMessage | None,
) -> Decision:
    """Return a decision that is not stored yet."""
    now, measure = timezone.now(), Measure(ruling.measure)
    source = Decision.Source.REPORT if reports else Decision.Source(ruling.source)
    rule, is_found = ruling.rule, ruling.is_found_automatically
    if held is not None and held.reason:  # a rule held it; it doesn't just wait behind another
        source, rule, is_found = Decision.Source.RULE, held.reason, True
    return Decision(
        person=person,
        message=Message.objects.get(pk=ruling.message_id) if ruling.message_id else None,
        conversation_id=ruling.conversation_id,
        held=held,
        product=_product(ruling.product_id),
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


def _product(product_id: int | None) -> Any:
    if product_id is None:
        return None
    rows = product_model()._default_manager.select_related(host.product_shop_field)
    return rows.get(pk=product_id)


def require_of_person(decision: Decision) -> None:
    """Make sure that the item belongs to the person.

    Raises:
        ObjectDoesNotExist: the person didn't write the message or the held message, neither takes
            part in the conversation nor ever wrote in it, or doesn't own the product's shop.
    """
    if decision.product is not None:
        shop_id = host.shop_of(decision.product).pk
        if decision.person_id not in host.owners_of(shop_id):
            raise ObjectDoesNotExist("the product is of somebody else")
    written, conversation = decision.message or decision.held, decision.conversation
    if written is not None and written.sender_id != decision.person_id:
        raise Message.DoesNotExist("the message is of somebody else")
    if written is None and conversation is not None:
        takes_part = (
            conversation.consumer_id == decision.person_id
            or host.is_member(decision.person_id, conversation.shop_id)
            or conversation.messages.filter(sender=decision.person_id).exists()
        )
        if not takes_part:
            raise Conversation.DoesNotExist("the person takes no part in it")


def refusal(decision: Decision) -> AlreadyDone | None:
    """Return the refusal of a sanction that an existing one already covers; None if none does."""
    is_restored = decision.measure == Measure.SUSPEND and decision.person.is_active
    if decision.measure not in TIMED or is_restored:  # restored by hand, before the time was over
        return None
    is_in_force, until = in_force_until(decision.person_id, decision.measure)
    is_longer = decision.ends_at and until and decision.ends_at > until
    if is_in_force and not is_longer and (until is None or decision.ends_at is not None):
        text = _("A decision that holds as long is in force already.")
        return measures.already(text, decision)
    return None


def validate(decision: Decision) -> None:
    """Check the reasons, which only a decision without a measure may omit."""
    if decision.measure != Measure.DISMISS:
        for name in ("ground", "clause", "explanation"):
            if not getattr(decision, name):
                raise ValidationError({name: _("Enter a reason.")})
    for name in ("facts", "clause", "explanation"):
        require_short(decision, name)
    if has_control_characters(decision.clause):
        raise ValidationError({"clause": _("The text contains characters that can't be shown.")})


def require_short(row: Model, name: str) -> None:
    """Raise ValidationError if a text is too long for its column; text columns don't check that."""
    field = row._meta.get_field(name)
    if len(getattr(row, name)) > (field.max_length or 0):  # type: ignore[union-attr]
        raise ValidationError({name: _("This text is too long.")})
