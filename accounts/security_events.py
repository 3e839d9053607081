"""React to allauth's signals about passwords and second factors."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_added, password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.dispatch import receiver
from django.http import HttpRequest

from trato.audit.actions import record
from trato.realtime.sessions import announce_access_changed

from . import email_addresses, second_factor, throttle
from .models import User


@receiver(email_added)
def _on_change_requested(
    sender: Any, request: HttpRequest, user: User, email_address: EmailAddress, **kwargs: Any
) -> None:
    """Notify the current address that another one is going to replace it."""
    old = EmailAddress.objects.filter(user=user, verified=True).exclude(pk=email_address.pk).first()
    if old:
        get_adapter().send_notification_mail(
            "account/email/email_change_requested",
            user,
            {"from_email": old.email, "to_email": email_address.email},
            email=old.email,
        )


@receiver(password_reset)
def _on_reset(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    email_addresses.prove(user)
    others = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    for email in {user.email, *others}:
        throttle.forget_tries(request, email)


@receiver([password_changed, password_set, password_reset])
def _on_password(sender: Any, user: User, **kwargs: Any) -> None:
    _record(user, "user.password_changed")


@receiver(authenticator_added)
def _on_factor_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    if authenticator.type in second_factor.STRONG:
        request.session[second_factor.SET_UP_BY] = user.pk
    _record(user, "user.factor_added", authenticator.get_type_display())


@receiver(authenticator_removed)
def _on_factor_removed(
    sender: Any, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    announce_access_changed(user.pk)  # staff lose the access it gave them
    _record(user, "user.factor_removed", authenticator.get_type_display())


def _record(user: User, verb: str, reason: str = "") -> None:
    """Record a change to how a staff member logs in, like all other staff actions."""
    if user.is_staff:
        record(user, verb, f"user:{user.pk}", reason)
