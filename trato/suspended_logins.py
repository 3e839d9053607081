"""Let suspended people, who can't log in, read why and appeal in their browser's session."""

from typing import Any, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.base import SessionBase

from .people import Person, has_session_hash, is_deleted

SUSPENDED_KEY = "suspended"  # in a session: who would have logged in, see `remember_suspended`


def remember_suspended(session: SessionBase, user: Any) -> None:
    """Record in a logged-out session that a suspended person has entered the right password."""
    session[SUSPENDED_KEY] = [user.pk, user.get_session_auth_hash()]


def suspended_person(session: SessionBase) -> Person | None:
    """Return the suspended person of a session, who may only read why and appeal.

    It is the session of their last login, or one in which they have since entered the right
    password.
    """
    pk, auth_hash = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    if pk is None:
        pk, auth_hash = session.get(SUSPENDED_KEY) or (None, "")
    if pk is None:
        return None
    user: Any = get_user_model()._default_manager.filter(pk=pk, is_active=False).first()
    if user is None or is_deleted(user) or not has_session_hash(user, auth_hash):
        return None
    return cast(Person, user)
