"""Claims, which say who is working on a case and expire unless they are renewed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.host import host
from messaging.models import Case
from trato.people import Person

from . import frames


class Claimed(ValidationError):
    """Somebody else is working on the case. Nothing was changed or recorded."""

    def __init__(self, case: Case) -> None:
        text = _("%(name)s is working on this case. Nothing was changed.")
        name = host.display_name(case.claimed_by) if case.claimed_by else ""
        super().__init__(text % {"name": name}, code="claimed")


def expired_before() -> datetime:
    """Return the time before which a claim no longer holds."""
    return timezone.now() - timedelta(minutes=settings.CLAIM_MINUTES)


def is_free() -> Q:
    """Return the condition for cases that nobody is working on."""
    return Q(claimed_by=None) | Q(claimed_at__lt=expired_before())


def holder_of(case: Case) -> Person | None:
    """Return the person who is working on a case."""
    is_held = case.claimed_at is not None and case.claimed_at >= expired_before()
    return case.claimed_by if is_held else None


@transaction.atomic
def claim(actor: Person, case_id: int) -> Case:
    """Claim an open case, or renew the actor's own claim.

    Raises:
        Claimed: somebody else is working on it.
        Case.DoesNotExist: there is no such open case.
    """
    case = _locked(Q(pk=case_id))
    _take(actor, case)
    return case


@transaction.atomic
def let_go(actor: Person, case_id: int) -> None:
    """End the actor's own claim. Does nothing if it is no longer theirs."""
    rows = Case.objects.filter(pk=case_id, claimed_by=actor.pk, closed_at=None)
    if rows.update(claimed_by=None, claimed_at=None):
        frames.announce_claim(case_id, None)


def require(actor: Person, kind: str, subject: str) -> None:
    """Refuse a staff action on an item if somebody else has claimed its case.

    Call it first in the action's transaction: it locks the case until the transaction ends, so that
    two staff members take turns. The actor claims the case if nobody has.

    Raises:
        Claimed: somebody else is working on it.
    """
    try:
        case = _locked(Q(kind=kind, subject=subject))
    except Case.DoesNotExist:
        return
    _take(actor, case)


def require_free(actor: Person, which: Q) -> None:
    """Refuse a staff action if somebody else is working on one of the open cases.

    Neither locks nor claims the cases, because the action leaves them open.

    Raises:
        Claimed: somebody else is working on one of them.
    """
    rows = Case.objects.filter(which, closed_at=None).exclude(is_free())
    others = rows.exclude(claimed_by=actor.pk).select_related("claimed_by")
    if case := others.order_by("pk").first():
        raise Claimed(case)


def require_uninvolved(actor: Person, people: Iterable[int | None]) -> None:
    """Keep people from deciding their own matters, such as their report or held message.

    Args:
        people: the keys of the people concerned; None for people who no longer exist.

    Raises:
        ValidationError: the actor is one of them.
    """
    if actor.pk in {*people}:
        text = _("You're involved in this yourself. Somebody else has to decide.")
        raise ValidationError(text, code="involved")


def _locked(which: Q) -> Case:
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("claimed_by").get(which, closed_at=None)


def _take(actor: Person, case: Case) -> None:
    holder = holder_of(case)
    if holder is not None and holder.pk != actor.pk:
        raise Claimed(case)
    is_new = holder is None
    now = timezone.now()
    Case.objects.filter(pk=case.pk).update(
        claimed_by=actor.pk, claimed_at=now, seen_at=case.seen_at or now
    )
    if is_new:
        frames.announce_claim(case.pk, actor)
