"""Open and close cases, in the transaction of the action that raises or decides them."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from messaging.models import Case

from . import frames


def open_case(
    kind: str,
    subject: str,
    *,
    severity: int = Case.Severity.NORMAL,
    conversation_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Open a case, or add one to the count of a case that is already open.

    Args:
        kind: one of `Case.Kind`.
        subject: the item, named as in the audit trail.
        severity: one of `Case.Severity`; a case keeps the highest one.
        conversation_id, person_id: what the case is about.
    """
    rows = Case.objects.filter(kind=kind, subject=subject, closed_at=None)
    more = {"count": F("count") + 1, "severity": Greatest("severity", severity)}
    if not rows.update(**more):
        try:
            with transaction.atomic():
                Case.objects.create(
                    kind=kind,
                    subject=subject,
                    severity=severity,
                    conversation_id=conversation_id,
                    person_id=person_id,
                )
        except IntegrityError:  # somebody else was faster
            rows.update(**more)
    frames.announce_change(severe=severity == Case.Severity.SEVERE)


def close_case(kind: str, subject: str) -> None:
    """Close an item's open case, if there is one, and end its claim."""
    rows = Case.objects.filter(kind=kind, subject=subject, closed_at=None)
    if rows.update(closed_at=timezone.now(), claimed_by=None, claimed_at=None):
        frames.announce_change()
