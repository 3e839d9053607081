"""What staff do to accounts."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from . import audit
from .models import User
from .sessions import announce_access_changed
from .text import has_control_characters, is_blank


def suspend(actor: User, user_id: int, reason: str) -> User:
    """Close an account: its sockets end, its logins are refused. Twice is once, with one record.

    Raises:
        PermissionDenied: the actor may not, or means themselves or, without being a superuser,
            somebody of the staff.
        ValidationError: there is no reason given.
        User.DoesNotExist: there is no such account.
    """
    return _switch(actor, user_id, reason, active=False)


def restore(actor: User, user_id: int, reason: str) -> User:
    """Open a suspended account again. Raises as `suspend` does."""
    return _switch(actor, user_id, reason, active=True)


def require_reason(reason: str) -> str:
    """The reason without space around it, with line breaks as `\\n`.

    Raises:
        ValidationError: it is empty, or has characters that cannot be shown.
    """
    reason = normalize_newlines(reason)
    if is_blank(reason):
        raise ValidationError(_("Write down why."), code="reason_required")
    if has_control_characters(reason, allowed="\n\t"):
        raise ValidationError(_("The reason has characters that cannot be shown."), code="invalid")
    return reason.strip()


def may_switch(actor: User, user: User) -> bool:
    """Whether `actor` may suspend or restore `user`."""
    may = actor.is_active and actor.is_staff and actor.has_perm("accounts.suspend_user")
    of_staff = user.is_staff or user.is_superuser
    return may and actor.pk != user.pk and (actor.is_superuser or not of_staff)


@transaction.atomic
def _switch(actor: User, user_id: int, reason: str, *, active: bool) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not may_switch(actor, user):
        raise PermissionDenied
    reason = require_reason(reason)
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        verb = "user.restored" if active else "user.suspended"
        audit.record(actor, verb, f"user:{user.pk}", reason)
        announce_access_changed(user.pk)
    return user
