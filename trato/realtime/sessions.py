"""Check whether a session is still valid, and notify open sockets when it may not be.

When a session ends, the person's group gets an event, and each socket in it checks its own session:
`access_check` closes those that may not stay. Code that suspends somebody, changes a password or
removes a role calls `announce_access_changed`.
"""

from collections.abc import Iterable
from enum import Enum
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import DateField
from django.db.models.signals import post_delete
from django.utils import timezone

from trato.array_parameters import listed
from trato.people import Person, has_session_hash
from trato.realtime import groups


class Ended(Enum):
    """The reason why a session is no longer valid."""

    NO_SESSION = "no session"  # it doesn't exist, has ended, or predates a password change
    SUSPENDED = "suspended"  # the account is not active


def people_of(session_keys: Iterable[str]) -> dict[str, Person | Ended]:
    """Return who is logged in with each of the given sessions, read from the database.

    Makes the same checks as Django does for a request, but distinguishes suspended people. Makes
    two queries for any number of sessions, and writes nothing.
    """
    keys = list(session_keys)
    # PostgreSQL refuses NUL: one such key would make the query fail for all the others.
    askable = [key for key in keys if "\0" not in key]
    rows = Session.objects.filter(
        session_key__in=listed(askable, of=str), expire_date__gt=timezone.now()
    )
    logins = {key: _login(data) for key, data in rows.values_list("session_key", "session_data")}
    ids = {login.user_id for login in logins.values() if login}
    users = get_user_model()._default_manager.filter(pk__in=listed(ids)).defer(*_times())
    people = {user.pk: user for user in users}
    by_key: dict[str, Person | Ended] = dict.fromkeys(keys, Ended.NO_SESSION)
    for key, login in logins.items():
        user = people.get(login.user_id) if login else None
        if login and user and has_session_hash(user, login.auth_hash):
            by_key[key] = user if user.is_active else Ended.SUSPENDED
    return by_key


@cache
def _times() -> list[str]:
    """Return the user model's dates and times, which no socket needs and which are slow to read."""
    fields = get_user_model()._meta.concrete_fields
    return [field.name for field in fields if isinstance(field, DateField)]


class _Login(NamedTuple):
    user_id: int
    auth_hash: str


@lru_cache(maxsize=10_000)  # the same rows are read again and again while their tabs are open
def _login(session_data: str) -> _Login | None:
    data = SessionStore().decode(session_data)
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return _Login(int(data[SESSION_KEY]), data.get(HASH_SESSION_KEY, ""))


def announce_access_changed(user_id: int) -> None:
    """On commit, make all of a person's open sockets check session, account and shops again."""
    groups.send_on_commit([groups.user_group(user_id)], {"type": "access.changed"})


def watch() -> None:
    """Send an event when Django's signals say that a session has ended.

    Logging out, ending another session in the list and a new session key all delete a session's
    row, and the sockets must not check before it is gone.
    """
    post_delete.connect(_on_session_gone, sender=Session, dispatch_uid="trato-session-gone")


def _on_session_gone(sender: Any, instance: Session, **kwargs: Any) -> None:
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id is not None:
        announce_access_changed(int(user_id))
