"""The record of what staff did."""

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
