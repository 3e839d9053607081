"""Require a second factor from staff before they see anything in the admin."""

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from .models import User

SET_UP_BY = "second_factor_set_up_by"  # session key: the ID of who set one up
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def demand(request: HttpRequest, user: User) -> HttpResponse | None:
    """Return the response that staff get instead of an admin page; None if they may see it."""
    if not settings.STAFF_SECOND_FACTOR_REQUIRED or was_proven(request, user):
        return None
    if not get_mfa_adapter().is_mfa_enabled(user, STRONG):
        return render(request, "accounts/second_factor_required.html", status=403)
    ways = [
        way["url"]
        for way in get_adapter().get_reauthentication_methods(user)
        if way["id"] != "reauthenticate"
    ]
    return redirect(f"{ways[0]}?{urlencode({'next': request.get_full_path()})}")


def was_proven(request: HttpRequest, user: User) -> bool:
    """Whether this session was opened or confirmed with a second factor that still exists.

    It isn't enough that the account has one: the session may be older, and somebody else's.
    """
    used = any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )
    here = used or request.session.get(SET_UP_BY) == user.pk
    return here and get_mfa_adapter().is_mfa_enabled(user, STRONG)
