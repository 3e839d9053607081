"""The personal data in the account itself. No passwords, keys or codes."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from trato.personal_data import Part, StoredCopy, Table
from trato.stored_files.actions import DEFAULT

from .models import User


def _picture(person: User) -> list[StoredCopy]:
    name = str(person.picture.name or "")
    return [StoredCopy(DEFAULT, name, name)] if name else []


def _own(model: Any) -> Any:
    return lambda person: model.objects.filter(user=person.pk)


PART = Part(
    tables=(
        Table(
            "profile",
            _("Profile"),
            lambda person: User.objects.filter(pk=person.pk),
            ("email", "name", "role", "language", "time_zone", "date_joined", "last_login"),
            _picture,
        ),
        Table(
            "email_addresses",
            _("Your email addresses"),
            _own(EmailAddress),
            (("email", _("Email")), ("verified", _("Verified")), ("primary", _("Primary"))),
        ),
        Table(
            "devices",
            _("Where you are logged in"),
            _own(UserSession),
            (
                ("created_at", _("Logged in")),
                ("last_seen_at", _("Last active")),
                ("ip", _("IP address")),
                ("user_agent", _("Browser")),
            ),
        ),
        Table(
            "second_factors",
            _("Two-step login and passkeys"),
            _own(Authenticator),
            (
                ("type", _("Kind")),
                ("created_at", _("Added")),
                ("last_used_at", _("Last used")),
            ),
        ),
    ),
    relations={
        "account.EmailAddress.user": "email_addresses",
        "mfa.Authenticator.user": "second_factors",
        "usersessions.UserSession.user": "devices",
        "accounts.User_groups.user": "left out: only staff have groups",
        "accounts.User_user_permissions.user": "left out: only staff have permissions",
        "admin.LogEntry.user": "left out: only staff have entries",
    },
)
