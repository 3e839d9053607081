"""What is kept for how long. `manage.py purge_expired` deletes the rest.

Each app says what of its own expires, as `Rule`s; the setting `RETENTION_RULES` names them in the
order in which they are carried out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet, RestrictedError
from django.utils import timezone

from .models import User

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Rule:
    """Rows of one kind that expire.

    Args:
        name: what they are, for the person who runs the command.
        expired: those that are due by now.
        before: is called in the transaction that deletes some of them (by primary key), first.
    """

    name: str
    expired: Callable[[], Rows]
    before: Callable[[Sequence[Any]], object] = lambda keys: None


def purge(rule: Rule, batch_rows: int) -> Iterator[tuple[int, int]]:
    """Delete what expired under a rule, one transaction per batch.

    Args:
        batch_rows: how many rows in one transaction, at most.

    Yields:
        After each batch: how many rows it deleted, without those that hung on them, and how many
        it left because something that is kept refers to them.
    """
    last = None
    while True:
        rows = rule.expired().order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        keys = list(rows.values_list("pk", flat=True)[:batch_rows])
        if not keys:
            return
        last = keys[-1]
        yield _delete(rule, keys)


def _delete(rule: Rule, keys: Sequence[Any]) -> tuple[int, int]:
    try:
        with transaction.atomic():
            rule.before(keys)
            # Asked again under the lock: somebody may have come back in the meantime.
            due = rule.expired().filter(pk__in=keys)
            _all, by_model = due.delete()
            return by_model.get(due.model._meta.label, 0), 0
    except (ProtectedError, RestrictedError):
        if len(keys) == 1:
            return 0, 1
        parts = [_delete(rule, [key]) for key in keys]
        return sum(deleted for deleted, _ in parts), sum(kept for _, kept in parts)


def _before(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


# -- Sessions ----------------------------------------------------------------------------------


def _sessions() -> Rows:
    return Session.objects.filter(expire_date__lt=_before(settings.EXPIRED_SESSIONS_KEEP_DAYS))


def _devices() -> Rows:
    """What the list of devices knows, addresses among it, of sessions that are over."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    devices: Rows = UserSession.objects.filter(~Exists(session))
    return devices


# -- Accounts ----------------------------------------------------------------------------------


def _unverified() -> Rows:
    """Accounts that somebody signed up for and nobody ever confirmed or used."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        date_joined__lt=_before(settings.UNVERIFIED_ACCOUNTS_KEEP_DAYS),
        last_login__isnull=True,
        is_staff=False,
        is_superuser=False,
        is_active=True,  # a suspended one is kept, so that the address cannot sign up again
    )


def _lock_addresses(user_ids: Sequence[int]) -> None:
    """Whoever confirms an address right now has done so before, or finds it gone."""
    list(EmailAddress.objects.select_for_update().filter(user__in=user_ids).order_by("pk"))


RULES = [
    Rule("expired sessions", _sessions),
    Rule("devices of sessions that are over", _devices),
    Rule("accounts that were never verified", _unverified, _lock_addresses),
]
