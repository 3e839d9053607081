"""Devices on which an account was used before, by a signed cookie.

They tell a login on a new device, of which the owner hears by mail, and they let the owner in while
somebody else guesses the account's password. A device cookie alone opens nothing.
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
ACCOUNTS_MAX = 5  # of one browser; the one used the longest ago is forgotten


def of_account(request: HttpRequest, email: str) -> str:
    """What the device is called by which somebody wants to use an account; empty: it is new."""
    known = _known(request)
    if not known:
        return ""
    pk = User.objects.filter(pk__in=known, email=email).values_list("pk", flat=True).first()
    return known.get(str(pk), "")


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether an account was used on this device before."""
    return str(user.pk) in _known(request)


def remember(request: HttpRequest, user: User) -> None:
    """From the answer to this request on, the device is known for an account."""
    request._device_of = user  # type: ignore[attr-defined]


def _known(request: HttpRequest) -> dict[str, str]:
    """The names of this device by the keys of the accounts that were used on it."""
    try:
        devices = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.DEVICE_REMEMBERED_SECONDS
        )
    except signing.BadSignature:
        return {}
    return {key: name for key, name in devices.items() if key.isdecimal()}


class DeviceCookie(Middleware):
    """Give a device its cookie once somebody has logged in on it."""

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
