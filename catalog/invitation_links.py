"""The invitation link that a browser has opened from an email."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from trato import after_login

from . import access
from .models import TeamInvitation

LINK = "team_invitation"  # session key: the token of the link


def opened(request: HttpRequest) -> str:
    """Return the token of the link that this browser has opened; empty if there is none."""
    token: str = request.session.get(LINK, "")
    return token


def open_invitation(request: HttpRequest) -> TeamInvitation | None:
    """Return the invitation behind the link that this browser has opened, until it expires."""
    row = access.invitation_of_link(opened(request))
    return row if row and row.expires_at > timezone.now() else None


def masked(email: str) -> str:
    """Mask an address, `l***@e***.com`, as a hint for people who have several."""
    name, _at, domain = email.partition("@")
    host, _dot, ending = domain.rpartition(".")
    return f"{name[:1]}***@{host[:1]}***.{ending}"


def remember(request: HttpRequest, token: str) -> None:
    """Remember which link this browser has opened, even across a login or a sign-up."""
    request.session[LINK] = token


def forget(request: HttpRequest) -> None:
    """Forget the link, because it has been answered or no longer works."""
    request.session.pop(LINK, None)
    if after_login.address(request) == reverse("catalog:invitation"):
        after_login.forget(request)
