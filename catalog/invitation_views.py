"""Pages behind the link in an invitation email."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trato import after_login

from . import access, invitation_links, submissions

GONE = 410


def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """Remember which link was opened, and redirect to a page without the token in its URL.

    Made-up links are not remembered: each would leave a session in the database.
    """
    if access.invitation_of_link(token):
        invitation_links.remember(request, token)
    else:
        invitation_links.forget(request)
    return redirect("catalog:invitation")


def invitation(request: HttpRequest) -> HttpResponse:
    """Show the invitation behind a link; people answer it on the team page."""
    token = invitation_links.opened(request)
    row = access.invitation_of_link(token)
    is_expired = row is not None and row.expires_at <= timezone.now()
    context: dict[str, Any] = {"invitation": row, "is_expired": is_expired}
    if row is None or is_expired:
        invitation_links.forget(request)
        return render(request, "catalog/invitation.html", context, status=GONE)
    if not request.user.is_authenticated:
        after_login.remember(request)
    else:
        context["is_mine"] = request.user.email.lower() == row.email
        context["is_confirmed"] = access.has_confirmed(request.user, row.email)
        if context["is_mine"] and not context["is_confirmed"]:
            after_login.remember(request)  # the link that confirms the email leads back here
        elif after_login.address(request) == request.path:  # the login led here
            after_login.forget(request)
        context["masked"] = invitation_links.masked(row.email)
        context["form_key"] = submissions.key_from(request)
        context["link"] = reverse("catalog:invitation_link", args=[token])
    return render(request, "catalog/invitation.html", context)
