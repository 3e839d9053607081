"""What staff do to accounts."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from trato.audit import queries as audit
from trato.audit.actions import record, require_reason
from trato.errors import AlreadyDone
from trato.people import Person
from trato.realtime.sessions import announce_access_changed
from trato.realtime.teams import announce_member_changed

from .models import User


@transaction.atomic
def restore(actor: Person, user_id: int, reason: str) -> User:
    """Restore a suspended account by hand. Decisions suspend and restore with `set_active`.

    Raises:
        AlreadyDone: the account is not suspended.
        PermissionDenied: the actor lacks the permission, or the account is the actor's own, or,
            unless the actor is a superuser, a member of staff's.
        ValidationError: no reason is given.
        User.DoesNotExist: the account does not exist.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not may_switch(actor, user):
        raise PermissionDenied("accounts.suspend_user")  # only for the log
    reason = require_reason(reason)
    verb, subject = "user.restored", f"user:{user.pk}"
    if user.is_active:
        before = audit.last(verb, subject)
        raise AlreadyDone(
            _("%(name)s is not suspended.") % {"name": user},
            before.actor if before else None,
            before.created_at if before else None,
        )
    _store(user, active=True)
    record(actor, verb, subject, reason)
    return user


def may_switch(actor: Person, user: User) -> bool:
    """Whether `actor` may suspend or restore `user`."""
    may = actor.is_active and actor.is_staff and actor.has_perm("accounts.suspend_user")
    of_staff = user.is_staff or user.is_superuser
    may = may and user.deleted_at is None  # nobody restores a deleted account
    return may and actor.pk != user.pk and (actor.is_superuser or not of_staff)


@transaction.atomic
def set_active(user_id: int, *, active: bool) -> bool:
    """Suspend or restore an account for a decision, which is on record already.

    Returns:
        Whether that is new. A deleted account is left as it is.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.deleted_at is not None or user.is_active == active:
        return False
    _store(user, active=active)
    return True


def _store(user: User, *, active: bool) -> None:
    """Change a locked account, and announce it on commit."""
    user.is_active = active
    announce_member_changed(user.pk)  # to the teams that lose the person,
    user.save(update_fields=["is_active"])
    announce_member_changed(user.pk)  # or get them back
    announce_access_changed(user.pk)
