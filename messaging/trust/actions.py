"""Staff set how far a person is trusted."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from messaging.cases import claims
from messaging.models import PersonTrust
from trato.audit import queries as audit
from trato.audit.actions import record, require_reason
from trato.errors import AlreadyDone
from trato.people import Person, lock_person

PERMISSION = "messaging.set_trust"
VERB = "user.trust_set"


def may_set(actor: Person) -> bool:
    """Whether a staff member may set how far people are trusted."""
    return actor.is_active and actor.is_staff and actor.has_perm(PERMISSION)


@transaction.atomic
def set_trust(actor: Person, person_id: int, status: str, reason: str) -> None:
    """Set how far a person is trusted. It applies to conversations that the person starts later.

    Args:
        status: one of `PersonTrust.Status`; empty to go by the account's age and answers again.

    Raises:
        AlreadyDone: the person already has this status.
        Claimed: somebody else is working on a case about the person.
        PermissionDenied: see `may_set`.
        ValidationError: no reason is given, or the person is the actor.
        ValueError: the status is unknown.
    """
    if not may_set(actor):
        raise PermissionDenied(PERMISSION)  # only for the log
    reason = require_reason(reason)
    if person_id == actor.pk:
        raise ValidationError(gettext("Somebody else has to decide about you."))
    chosen = PersonTrust.Status(status) if status else None
    subject = f"user:{person_id}"
    claims.require_free(actor, Q(person=person_id))
    lock_person(person_id)
    rows = PersonTrust.objects.filter(user=person_id)
    if rows.values_list("status", flat=True).first() == chosen:
        before = audit.last(VERB, subject)
        raise AlreadyDone(
            gettext("It is set like that already."),
            before.actor if before else None,
            before.created_at if before else None,
        )
    rows.delete()
    if chosen:
        PersonTrust.objects.create(user_id=person_id, status=chosen, created_at=timezone.now())
    record(actor, VERB, subject, f"{chosen or 'automatic'}: {reason}")
