"""Delete an account: its row stays, but nothing in it says whose it was.

Other rows refer to it, such as messages in conversations that the other side keeps.
"""

from functools import partial

import structlog
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trato.deletion import Hindrance, Part, parts
from trato.realtime.sessions import announce_access_changed
from trato.realtime.teams import announce_member_changed

from . import erasures
from .models import User
from .pictures import forget_file

log = structlog.get_logger("trato.accounts")


class Hindered(Exception):
    """The account can't be deleted now; `hindrances` says why. Nothing was changed."""

    def __init__(self, hindrances: list[Hindrance]) -> None:
        super().__init__()
        self.hindrances = hindrances


def hindrances(person: User) -> list[Hindrance]:
    """Return the reasons why a person can't delete their account, as sentences for them."""
    return [reason for part in parts() for reason in part.hindrances(person)]


def consequences(person: User) -> list[str]:
    """Return what else happens when a person deletes their account, as sentences for them."""
    return [sentence for part in parts() for sentence in part.consequences(person)]


@transaction.atomic
def delete_account(user_id: int) -> User | None:
    """Delete an account and everything that only its owner wrote or may see.

    Returns:
        The person before the deletion; None if the account had been deleted already.

    Raises:
        Hindered: something else has to be done first.
        User.DoesNotExist: the account is suspended or doesn't exist.
    """
    before = User.objects.get(pk=user_id)
    # The order of locks is in docs/decisions/0013-lock-order.md.
    addresses = EmailAddress.objects.filter(user=before)
    list(addresses.select_for_update().order_by("pk"))
    for part in parts():
        part.lock(before)
    person = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if person.deleted_at is not None:
        return None
    if not person.is_active:
        raise User.DoesNotExist
    for part in parts():
        part.lock_owned(person)
    if reasons := hindrances(person):
        raise Hindered(reasons)
    announce_member_changed(user_id)
    _make_anonymous(user_id)
    for part in parts():
        part.erase(person)
    # This comes last. Updating a unique column waits for transactions that have inserted a
    # reference to the row, and makes later ones wait. If we did it earlier, a send that holds a
    # conversation's lock could wait for us while we wait for it.
    User.objects.filter(pk=user_id).update(email=f"{user_id}@deleted.invalid")
    announce_access_changed(user_id)
    transaction.on_commit(partial(log.info, "account_deleted", user=user_id))
    transaction.on_commit(partial(erasures.note, before))
    return person


def _make_anonymous(user_id: int) -> None:
    user = User(pk=user_id)
    user.set_unusable_password()
    User.objects.filter(pk=user_id).update(
        deleted_at=timezone.now(),
        name="",
        password=user.password,
        picture="",
        is_active=False,
        last_login=None,
    )


def _hindrances(person: User) -> list[Hindrance]:
    if person.is_staff or person.is_superuser:
        text = _("You work for the site. Ask a colleague to take away your staff access first.")
        return [Hindrance(text)]
    return []


def _erase(person: User) -> None:
    forget_file(person)
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(
        session_key__in=list(sessions.values_list("session_key", flat=True))
    ).delete()
    sessions.delete()
    Authenticator.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    person.groups.clear()
    person.user_permissions.clear()


PART = Part(
    relations={
        "account.EmailAddress.user": "deleted",
        "mfa.Authenticator.user": "deleted",
        "usersessions.UserSession.user": "deleted with the sessions",
        "accounts.User_groups.user": "deleted",
        "accounts.User_user_permissions.user": "deleted",
        "admin.LogEntry.user": "kept: only staff have entries, and they can't delete",
    },
    erase=_erase,
    hindrances=_hindrances,
)
