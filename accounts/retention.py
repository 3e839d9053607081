"""Retention of unused sessions and accounts."""

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from trato.retention import Rows, Rule, ago

from .models import User


def _sessions() -> Rows:
    until = ago(days=settings.EXPIRED_SESSIONS_KEEP_DAYS)
    return Session.objects.filter(expire_date__lt=until)


def _devices() -> Rows:
    """Entries in the device list, including IP addresses, of sessions that have ended."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(~Exists(session))


def _unverified() -> Rows:
    """Accounts that nobody has confirmed or used since the sign-up."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        date_joined__lt=ago(days=settings.UNVERIFIED_ACCOUNTS_KEEP_DAYS),
        last_login__isnull=True,
        is_staff=False,
        is_superuser=False,
        is_active=True,  # suspended accounts stay, so their addresses can't sign up again
    )


def _lock_addresses(user_ids: Sequence[int]) -> None:
    """Lock addresses, so that people who are confirming one finish first or find it deleted."""
    list(EmailAddress.objects.select_for_update().filter(user__in=user_ids).order_by("pk"))


RULES = [
    Rule("expired sessions", _sessions),
    Rule("devices of sessions that are over", _devices),
    Rule("accounts that were never verified", _unverified, _lock_addresses),
]
