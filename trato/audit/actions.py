"""Write to the audit trail."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from trato.errors import AlreadyDone
from trato.people import Person
from trato.text import has_control_characters, is_blank

from . import queries, verbs
from .linking import link_later
from .models import AuditEntry

ACCOUNT_DELETED = "account deleted"  # the reason when the site itself erases text


def record(actor: Person | None, verb: str, subject: str, reason: str = "") -> AuditEntry:
    """Record one action permanently, inside the transaction that carries it out.

    Args:
        actor: None if the site itself acts.
        verb: what was done, such as `user.restored`.
        subject: what it was done to, such as `user:12`.
        reason: why it was done, in the actor's words.
    """
    entry = AuditEntry.objects.create(
        actor_id=actor.pk if actor else None, verb=verb, subject=subject, reason=reason
    )
    link_later(entry)
    return entry


@transaction.atomic
def record_export(actor: Person, filters: str) -> AuditEntry:
    """Record that somebody exports entries, and which ones.

    Raises:
        PermissionDenied: the actor lacks the permission.
    """
    require_permission(actor, "audit.view_auditentry", "audit.export_auditentry")
    return record(actor, verbs.EXPORTED, verbs.EVERYTHING, filters)


@transaction.atomic
def erase_reason(actor: Person, entry_id: int, reason: str) -> AuditEntry:
    """Erase an entry's reason for good. The chain stays valid, and the erasure is an entry.

    Raises:
        AlreadyDone: the reason has already been erased.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given.
        AuditEntry.DoesNotExist: there is no such entry.
    """
    require_permission(actor, "audit.erase_reason")
    reason = require_reason(reason)
    entry = AuditEntry.objects.select_for_update(no_key=True, of=("self",)).get(pk=entry_id)
    subject = verbs.subject_of(entry.pk)
    if entry.salt is None:
        before = queries.last(verbs.ERASED, subject)
        raise AlreadyDone(
            _("These words have already been erased."),
            before.actor if before else None,
            before.created_at if before else None,
        )
    # Without the salt, nobody can test whether a guess at the text is right.
    AuditEntry._base_manager.filter(pk=entry.pk).update(reason="", salt=None)
    record(actor, verbs.ERASED, subject, reason)
    entry.refresh_from_db()
    return entry


def forget_words(subjects: Iterable[str]) -> None:
    """Erase the text of entries about subjects that belong to an erased account.

    Each erasure is recorded as an entry without an actor. Call this inside the transaction that
    erases the account, or inside one that writes more text about it later.
    """
    entries = AuditEntry.objects.filter(subject__in=[*subjects], salt__isnull=False)
    for entry in entries.exclude(reason="").select_for_update(no_key=True).order_by("pk"):
        AuditEntry._base_manager.filter(pk=entry.pk).update(reason="", salt=None)
        record(None, verbs.ERASED, verbs.subject_of(entry.pk), ACCOUNT_DELETED)


def require_permission(actor: Person, *permissions: str) -> None:
    """Raise PermissionDenied unless the actor is active staff and has all these permissions."""
    may = all(map(actor.has_perm, permissions))
    if not (actor.is_active and actor.is_staff and may):
        raise PermissionDenied(*permissions)  # only for the log


def require_reason(reason: str) -> str:
    """Return the reason without surrounding whitespace, with line breaks as `\n`.

    Raises:
        ValidationError: it is empty, or contains characters that can't be displayed.
    """
    reason = normalize_newlines(reason)
    if is_blank(reason):
        raise ValidationError(_("Enter a reason."), code="reason_required")
    if has_control_characters(reason, allowed="\n\t"):
        raise ValidationError(
            _("The reason contains characters that can't be shown."), code="invalid"
        )
    return reason.strip()
