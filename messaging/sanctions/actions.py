"""Impose and lift sanctions, inside the transaction of a decision; end suspensions on time."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from messaging.host import host
from messaging.models import Decision, Sanction
from trato.clock import database_now
from trato.people import lock_person
from trato.prepared import prepared
from trato.realtime import groups

from .queries import KINDS


def impose(decision: Decision) -> Sanction:
    """Keep a person from doing something, as a decision requires.

    Args:
        decision: a stored one to mute, limit or suspend; the caller has locked its person.
    """
    if decision.measure == Decision.Measure.SUSPEND and decision.person.is_active:
        # Staff have restored the account by hand, which ends an earlier suspension.
        earlier = Sanction.in_force(Sanction.Kind.SUSPENSION).filter(person=decision.person_id)
        earlier.update(lifted_at=database_now())
    sanction = Sanction.objects.create(
        person_id=decision.person_id,
        decision=decision,
        kind=KINDS[Decision.Measure(decision.measure)],
        starts_at=decision.starts_at,
        ends_at=decision.ends_at,
    )
    if sanction.kind == Sanction.Kind.SUSPENSION:
        host.set_active(decision.person_id, active=False)
    elif sanction.kind == Sanction.Kind.MUTE:
        _announce_mute(decision.person_id)
    return sanction


def lift(decision: Decision) -> None:
    """End the sanction of an overturned decision, under the lock of its person.

    Another decision's sanction of the same kind stays.
    """
    rows = Sanction.objects.filter(decision=decision, lifted_at=None)
    if not rows.update(lifted_at=database_now()):
        return  # it has already ended
    if decision.measure == Decision.Measure.SUSPEND:
        _restore(decision.person_id)
    elif decision.measure == Decision.Measure.MUTE:
        _announce_mute(decision.person_id)


def due(limit: int) -> int:
    """Restore the accounts whose suspension is over; return how many."""
    people = _people_over(limit=limit)
    for person_id in people:
        _end_suspensions(person_id)
    return len(people)


@prepared
def _people_over(*, limit: int) -> QuerySet[Sanction, int]:
    over = _over().order_by("person").values_list("person", flat=True)
    return over.distinct()[:limit]


@transaction.atomic
def _end_suspensions(person_id: int) -> None:
    # Locks as in docs/decisions/0013-lock-order.md; another process may have been faster.
    lock_person(person_id)
    if _over().filter(person=person_id).update(lifted_at=database_now()):
        _restore(person_id)


def _over() -> QuerySet[Sanction]:
    rows = Sanction.objects.filter(kind=Sanction.Kind.SUSPENSION, lifted_at=None)
    return rows.filter(ends_at__lte=Now())


def _restore(person_id: int) -> None:
    """Restore an account, unless another decision keeps it suspended."""
    if not Sanction.in_force(Sanction.Kind.SUSPENSION).filter(person=person_id).exists():
        host.set_active(person_id, active=True)


def _announce_mute(person_id: int) -> None:
    """On commit, tell the person's open pages when their mute ends."""
    mutes = Sanction.in_force(Sanction.Kind.MUTE).filter(person=person_id)
    until: datetime | None = mutes.order_by("-ends_at").values_list("ends_at", flat=True).first()
    event = {"type": "chat.restriction", "until": until.isoformat() if until else ""}
    groups.send_on_commit([groups.user_group(person_id)], event)
