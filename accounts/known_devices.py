"""Devices on which an account has been used, kept in a signed cookie.

This lets us recognise a login on a new device, and notify the owner by email. It also lets the
owner log in while somebody else guesses the account's password. The cookie doesn't log anybody in.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from trato.middleware import Middleware

from .models import User

COOKIE = "device"
SALT = "trato.device"
ACCOUNTS_MAX = 5  # per browser; the least recently used account is forgotten


def of_account(request: HttpRequest, email: str) -> str:
    """Return this device's ID for an account; empty if the account is new to it."""
    known = _known(request)
    if not known:
        return ""
    pk = User.objects.filter(pk__in=known, email=email).values_list("pk", flat=True).first()
    return known.get(str(pk), "")


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether an account has been used on this device."""
    return str(user.pk) in _known(request)


def remember(request: HttpRequest, user: User) -> None:
    """Remember the device for an account, starting with the response to this request."""
    request._device_of = user  # type: ignore[attr-defined]


def _known(request: HttpRequest) -> dict[str, str]:
    """Return this device's IDs, by the primary keys of the accounts that have been used on it."""
    try:
        devices = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.DEVICE_REMEMBERED_SECONDS
        )
    except signing.BadSignature:
        return {}
    return {key: name for key, name in devices.items() if key.isdecimal()}


class DeviceCookie(Middleware):
    """Sets the device cookie after somebody has logged in."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user: Any = getattr(request, "_device_of", None)
        if user is not None:
            known = _known(request)
            name = known.pop(str(user.pk), "") or secrets.token_urlsafe(12)
            accounts = [*list(known.items())[1 - ACCOUNTS_MAX :], (str(user.pk), name)]
            response.set_cookie(
                COOKIE,
                signing.dumps(dict(accounts), salt=SALT),
                max_age=settings.DEVICE_REMEMBERED_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
