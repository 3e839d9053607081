"""Fixtures that the tests of the audit trail share."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission

from accounts.factories import UserFactory
from accounts.models import User
from trato.audit import actions, linking
from trato.audit.models import AuditEntry


@pytest.fixture
def chief(db: None) -> User:
    """A superuser."""
    user: User = UserFactory(staff=True, is_superuser=True, name="Chief")
    return user


@pytest.fixture
def grant(db: None) -> Callable[..., User]:
    """`grant(codename, …)`: a new staff member with these permissions."""

    def make(*codenames: str) -> User:
        user: User = UserFactory(staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        return user

    return make


@pytest.fixture
def trail(chief: User) -> list[AuditEntry]:
    """Six entries in the chain."""
    for number in range(6):
        actions.record(chief, "user.suspended", f"user:{number}", f"Scam {number}")
    linking.link_waiting()
    return list(AuditEntry.objects.order_by("pk"))
