"""What Trato needs from a project's user model, `AUTH_USER_MODEL`.

It is an `AbstractBaseUser` with `PermissionsMixin`, an integer key and the columns `is_active` and
`is_staff`. Its email field is the model's `EMAIL_FIELD`, its name field the one that the setting
`PERSON_NAME_FIELD` names; an account without a name is a deleted one.
"""

from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _


class Person(Protocol):
    """What we need from a row of the user model."""

    @property
    def pk(self) -> Any: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_staff(self) -> bool: ...
    @property
    def is_superuser(self) -> bool: ...
    def has_perm(self, perm: str, obj: Any = None) -> bool: ...


def display_name(person: Any) -> str:
    """Return a person's name for pages and notifications, in the reader's language if deleted."""
    name: str = getattr(person, settings.PERSON_NAME_FIELD)
    return name or _("Deleted account")


def is_deleted(person: Any) -> bool:
    """Whether an account was deleted: it no longer has a name."""
    return not getattr(person, settings.PERSON_NAME_FIELD)


def has_session_hash(person: Any, session_hash: str) -> bool:
    """Whether a session's hash is of the person's password, so not from before they changed it."""
    valid = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session_hash, known) for known in valid)


def lock_person(person_id: int) -> Any:
    """Return an account, locked until the end of the transaction, so that acts on it take turns.

    Raises:
        ObjectDoesNotExist: there is no such account.
    """
    people = get_user_model()._default_manager.select_for_update(no_key=True)
    return people.get(pk=person_id)


def name_column_of(relation: str) -> str:
    """Return the lookup for a person's name behind a foreign key, such as `sender`."""
    return f"{relation}__{settings.PERSON_NAME_FIELD}"


def columns_of(relation: str) -> tuple[str, str]:
    """Return the lookups for a search for people behind a foreign key: email address and name."""
    user_model: Any = get_user_model()
    return f"{relation}__{user_model.get_email_field_name()}", name_column_of(relation)
