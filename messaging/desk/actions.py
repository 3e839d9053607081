"""Take a case from the desk, and put it back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.cases import claims
from messaging.models import Case
from messaging.moderation import actions as moderation
from trato.audit.actions import record, require_reason
from trato.people import Person

from . import queries


@transaction.atomic
def take(actor: Person, case_id: int) -> Case:
    """Claim a case to look at it. The actor can then read what it is about for a while.

    Leaves one audit entry: for the look into the case's conversation, if it has one.

    Raises:
        Claimed: somebody else is working on it.
        PermissionDenied: the actor lacks a permission.
        Case.DoesNotExist: there is no such open case.
    """
    require_member(actor)
    case = claims.claim(actor, case_id)
    reason = f"case:{case.pk}"
    if case.conversation_id:
        moderation.look(actor, case.conversation_id, reason)
    else:
        record(actor, "case.taken", reason)
    return case


@transaction.atomic
def take_next(actor: Person, cases: QuerySet[Case]) -> Case | None:
    """Claim the first free case of a queue that the actor may decide; None if there is none.

    Raises:
        PermissionDenied: the actor lacks a permission.
    """
    require_member(actor)
    free = cases.filter(claims.is_free(), closed_at=None).exclude(queries.not_for(actor))
    free = free.order_by(*Case.QUEUE)
    # If two people ask at the same time, the second one skips the case that the first one takes.
    row = free.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    return take(actor, row.pk) if row else None


@transaction.atomic
def keep_quiet(actor: Person, case_id: int, until: datetime, reason: str) -> Case:
    """Postpone showing both sides that staff looked for a case. The actor claims the case.

    Args:
        until: at most `LOOKS_QUIET_DAYS_MAX` ahead. As long as the case is open, neither side sees
            the looks anyway.

    Raises:
        Claimed: somebody else is working on it.
        PermissionDenied: the actor lacks a permission.
        ValidationError: no reason is given, or the time is past or too far ahead.
        Case.DoesNotExist: there is no such open case.
    """
    require_member(actor)
    reason = require_reason(reason)
    days = settings.LOOKS_QUIET_DAYS_MAX
    if not timezone.now() < until <= timezone.now() + timedelta(days=days):
        text = _("Choose a day after today, and at most %(days)s days ahead.")
        raise ValidationError(text % {"days": days}, code="invalid")
    case = claims.claim(actor, case_id)
    case.quiet_until = until
    case.save(update_fields=["quiet_until"])
    record(actor, "case.kept_quiet", f"case:{case.pk}", reason)
    return case


def require_member(actor: Person) -> None:
    """Raise PermissionDenied unless the actor may work at the desk."""
    permission = "messaging.look_into_conversation"
    if not (actor.is_active and actor.is_staff and actor.has_perm(permission)):
        raise PermissionDenied(permission)
