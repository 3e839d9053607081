"""Writing to the audit trail."""

from django.core.exceptions import ValidationError
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from trato.people import Person
from trato.text import has_control_characters, is_blank

from .models import AuditEntry


def record(actor: Person, verb: str, subject: str, reason: str = "") -> AuditEntry:
    """Write down one act, for ever, inside the transaction that does it.

    Args:
        verb: what, as `message.removed`.
        subject: to what, as `message:12`.
        reason: why, in the actor's words.
    """
    return AuditEntry.objects.create(actor_id=actor.pk, verb=verb, subject=subject, reason=reason)


def require_reason(reason: str) -> str:
    """The reason without space around it, with line breaks as `\\n`.

    Raises:
        ValidationError: it is empty, or has characters that cannot be shown.
    """
    reason = normalize_newlines(reason)
    if is_blank(reason):
        raise ValidationError(_("Enter a reason."), code="reason_required")
    if has_control_characters(reason, allowed="\n\t"):
        raise ValidationError(
            _("The reason contains characters that can't be shown."), code="invalid"
        )
    return reason.strip()
