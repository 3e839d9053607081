"""Require a second factor before staff see anything in the admin, on pages and on sockets."""

from collections.abc import Mapping
from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from trato.array_parameters import listed

from .models import User

SET_UP_BY = "second_factor_set_up_by"  # session key: the ID of the person who set one up
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

    It isn't enough that the account has one: the session may be older and belong to somebody else.
    """
    return _was_used(request, user) and get_mfa_adapter().is_mfa_enabled(user, STRONG)


def proven_sessions(people: Mapping[str, User]) -> set[str]:
    """Return the sessions in which staff may see the admin, with two queries for any number.

    Args:
        people: who is logged in, by session key.
    """
    if not settings.STAFF_SECOND_FACTOR_REQUIRED:
        return set(people)
    used = set()
    for row in Session.objects.filter(session_key__in=listed(people, of=str)):
        request = HttpRequest()  # only its session is read
        request.session = cast(SessionBase, row.get_decoded())
        if _was_used(request, people[row.session_key]):
            used.add(row.session_key)
    factors = Authenticator.objects.filter(
        type__in=STRONG, user__in=listed({people[key].pk for key in used})
    )
    able = set(factors.values_list("user_id", flat=True))
    return {key for key in used if people[key].pk in able}


def _was_used(request: HttpRequest, user: User) -> bool:
    """Whether the person used a second factor in this session, or set it up there."""
    records = get_authentication_records(request, user)
    used = any(record.get("method") == "mfa" for record in records)
    return used or request.session.get(SET_UP_BY) == user.pk
