"""The record of what staff did."""

from datetime import timedelta

from django.utils import timezone

from .models import AuditEntry, User


def record(actor: User, verb: str, subject: str, reason: str = "") -> AuditEntry:
    """Write down one act, inside the transaction that does it.

    Args:
        actor: who.
        verb: what, as `message.removed`.
        subject: to what, as `message:12`.
        reason: why, in the actor's words.

    Returns:
        The row. It can never be changed or deleted again.
    """
    return AuditEntry.objects.create(actor=actor, verb=verb, subject=subject, reason=reason)


def last(
    verb: str, subject: str, *, actor: User | None = None, within: timedelta | None = None
) -> AuditEntry | None:
    """The latest entry of an act, if there is one: by anybody at any time, unless told."""
    entries = AuditEntry.objects.select_related("actor").filter(verb=verb, subject=subject)
    if actor is not None:
        entries = entries.filter(actor=actor)
    if within is not None:
        entries = entries.filter(created_at__gt=timezone.now() - within)
    return entries.first()
