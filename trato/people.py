"""Trato's requirements for a project's user model, `AUTH_USER_MODEL`.

It is an `AbstractBaseUser` with `PermissionsMixin`, an integer key and the columns `is_active` and
`is_staff`. Its email field is the model's `EMAIL_FIELD`, its name field is the setting
`PERSON_NAME_FIELD`; an account without a name is a deleted one.
"""

from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _


class Person(Protocol):
    """The parts of a user model's row that we need."""

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
    """Return a person's name as shown to others; if deleted, a label in the reader's language."""
    name: str = getattr(person, settings.PERSON_NAME_FIELD)
    return name or _("Deleted account")


def is_deleted(person: Any) -> bool:
    """Whether an account was deleted, that is, has no name."""
    return not getattr(person, settings.PERSON_NAME_FIELD)


def has_session_hash(person: Any, session_hash: str) -> bool:
    """Whether a session's hash matches the person's password, which hasn't changed since."""
    valid = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session_hash, known) for known in valid)


def lock_person(person_id: int) -> Any:
    """Return an account, locked until the end of the transaction, so that actions on it take turns.

    Raises:
        ObjectDoesNotExist: there is no such account.
    """
    people = get_user_model()._default_manager.select_for_update(no_key=True)
    return people.get(pk=person_id)


def name_column_of(relation: str) -> str:
    """Return the lookup for a person's name through a foreign key, such as `sender`."""
    return f"{relation}__{settings.PERSON_NAME_FIELD}"


def columns_of(relation: str) -> tuple[str, str]:
    """Return the lookups to search people through a foreign key: email address and name."""
    user_model: Any = get_user_model()
    return f"{relation}__{user_model.get_email_field_name()}", name_column_of(relation)
