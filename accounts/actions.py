"""Suspend and restore accounts after a staff decision."""

from django.db import transaction

from trato.people import Person
from trato.realtime.sessions import announce_access_changed
from trato.realtime.teams import announce_member_changed

from .models import User


def may_switch(actor: Person, user: User) -> bool:
    """Whether `actor` may suspend or restore `user`."""
    may = actor.is_active and actor.is_staff and actor.has_perm("accounts.suspend_user")
    of_staff = user.is_staff or user.is_superuser
    may = may and user.deleted_at is None  # nobody restores a deleted account
    return may and actor.pk != user.pk and (actor.is_superuser or not of_staff)


@transaction.atomic
def set_active(user_id: int, *, active: bool) -> bool:
    """Suspend or restore an account for a decision that has already been recorded.

    Returns:
        Whether this changed anything. A deleted account is never changed.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.deleted_at is not None or user.is_active == active:
        return False
    _store(user, active=active)
    return True


def _store(user: User, *, active: bool) -> None:
    """Change a locked account, and announce it on commit."""
    user.is_active = active
    announce_member_changed(user.pk)  # to the teams that lose this member
    user.save(update_fields=["is_active"])
    announce_member_changed(user.pk)  # to the teams that get this member back
    announce_access_changed(user.pk)
