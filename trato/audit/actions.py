"""Write to the audit trail."""

from django.core.exceptions import ValidationError
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from trato.people import Person
from trato.text import has_control_characters, is_blank

from .models import AuditEntry


def record(actor: Person, verb: str, subject: str, reason: str = "") -> AuditEntry:
    """Record one act permanently, inside the transaction that carries it out.

    Args:
        verb: what was done, such as `message.removed`.
        subject: what it was done to, such as `message:12`.
        reason: why it was done, in the actor's words.
    """
    return AuditEntry.objects.create(actor_id=actor.pk, verb=verb, subject=subject, reason=reason)


def require_reason(reason: str) -> str:
    """Return the reason without surrounding white space, with line breaks as `\n`.

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
