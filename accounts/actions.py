"""What staff do to accounts."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from trato.text import has_control_characters, is_blank

from . import audit
from .models import User
from .sessions import announce_access_changed


class AlreadyDone(ValidationError):
    """An act that somebody had done before. Nothing was changed, nothing is on record.

    Args:
        what: how things stand, as a sentence.
        by: who brought them there, where that is known.
        at: when.
    """

    def __init__(self, what: str, by: Any = None, at: datetime | None = None) -> None:
        self.by, self.at = by, at
        parts = [what, _("Nothing was changed.")]
        if by and at:
            time = date_format(timezone.localtime(at), "j M Y, H:i T")
            parts.insert(1, _("%(name)s did that on %(time)s.") % {"name": by, "time": time})
        super().__init__(" ".join(parts), code="already_done")


def suspend(actor: User, user_id: int, reason: str) -> User:
    """Close an account: its sockets end, its logins are refused.

    Raises:
        AlreadyDone: the account is suspended.
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
    verb, subject = "user.restored" if active else "user.suspended", f"user:{user.pk}"
    if user.is_active == active:
        before = audit.last(verb, subject)
        what = _("%(name)s is not suspended.") if active else _("%(name)s is suspended already.")
        raise AlreadyDone(
            what % {"name": user},
            before.actor if before else None,
            before.created_at if before else None,
        )
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit.record(actor, verb, subject, reason)
    announce_access_changed(user.pk)
    return user
