"""Read the audit trail."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from trato.people import Person

from .models import AuditEntry


def verbs() -> Iterator[str]:
    """Return all verbs in the trail, with one index lookup for each."""
    verb = ""
    entries = AuditEntry.objects.order_by("verb").values_list("verb", flat=True)
    while verb := entries.filter(verb__gt=verb).first() or "":
        yield verb


def last(
    verb: str, subject: str, *, actor: Person | None = None, within: timedelta | None = None
) -> AuditEntry | None:
    """Return the latest entry of a kind, if any; by default anybody's and from any time."""
    entries = AuditEntry.objects.select_related("actor").filter(verb=verb, subject=subject)
    if actor is not None:
        entries = entries.filter(actor_id=actor.pk)
    if within is not None:
        entries = entries.filter(created_at__gt=timezone.now() - within)
    return entries.first()
