"""Whether a session still stands, and telling open sockets when it may not.

Every end of a session rings the person's group; the sockets that hear it look for themselves.
"""

from importlib import import_module
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.utils.crypto import constant_time_compare

from . import relay
from .models import User


class NoSession(Exception):
    """Nobody is logged in with this session (any longer)."""


class Suspended(Exception):
    """The session is somebody's whose account is suspended."""


def person_of(session_key: str | None) -> User:
    """Who is logged in with a session, read from the database anew. Writes nothing.

    The same checks as Django's own for a request; only that a suspended person is told apart.

    Raises:
        NoSession: there is none, it ended, or the password was changed since.
        Suspended: the account is not active.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    if store.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        raise NoSession
    user = User.objects.filter(pk=store[SESSION_KEY]).first()
    if user is None:
        raise NoSession
    given = store.get(HASH_SESSION_KEY, "")
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    if not any(constant_time_compare(given, known) for known in valid):
        raise NoSession
    if not user.is_active:
        raise Suspended
    return user


def announce_access_changed(user_id: int) -> None:
    """Let every open socket of a person check session, standing and shops anew, on commit."""
    relay.publish_on_commit([relay.user_group(user_id)], {"type": "access.changed"})


def watch() -> None:
    """Announce what Django and allauth tell of sessions that ended (their signals, not ours).

    Logging out, ending another session in the list and a new session key all delete a session's
    row, and only once it is gone may the sockets look.
    """
    post_delete.connect(_on_session_gone, sender=Session, dispatch_uid="trato-session-gone")
    for signal in (password_changed, password_reset, password_set):
        signal.connect(_on_password, dispatch_uid="trato-password")


def _on_session_gone(sender: Any, instance: Session, **kwargs: Any) -> None:
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id is not None:
        announce_access_changed(int(user_id))


def _on_password(sender: Any, user: User, **kwargs: Any) -> None:
    announce_access_changed(user.pk)
