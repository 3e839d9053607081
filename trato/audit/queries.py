"""Read the audit trail."""

from datetime import timedelta

from django.utils import timezone

from trato.people import Person

from .models import AuditEntry


def last(
    verb: str, subject: str, *, actor: Person | None = None, within: timedelta | None = None
) -> AuditEntry | None:
    """Return the latest entry of an act, if any; by default by anybody and at any time."""
    entries = AuditEntry.objects.select_related("actor").filter(verb=verb, subject=subject)
    if actor is not None:
        entries = entries.filter(actor_id=actor.pk)
    if within is not None:
        entries = entries.filter(created_at__gt=timezone.now() - within)
    return entries.first()
