"""Invitation emails to join a shop's team."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, override

from accounts import throttle
from accounts.adapter import MailServerAway
from accounts.models import User
from trato.text import without_links

from . import invitations


def may_send(request: HttpRequest) -> bool:
    """Return whether the site may send another email to somebody who hasn't asked for it."""
    return throttle.take_stranger_mail(request, look_only=True)


def send(request: HttpRequest, offer: invitations.Offer) -> bool:
    """Email a committed invitation; return False if the mail server can't be reached.

    People with an account get it in their language, others in the inviter's.
    """
    invitation = offer.invitation
    if invitation is None:
        return True
    context = {
        "shop": without_links(invitation.shop.name),  # anybody can invite anybody
        "invitation_url": reverse("catalog:invitation_link", args=[offer.token]),
        "expires_at": invitation.expires_at,
        "role": invitation.role,
    }
    with override(_language_of(invitation.email)):
        try:
            adapter = get_adapter(request)
            adapter.send_mail("catalog/email/team_invitation", invitation.email, context)
        except MailServerAway:
            invitations.note_not_mailed(invitation)
            return False
    invitations.note_mailed(offer)
    return True


def _language_of(email: str) -> str:
    languages = User.objects.filter(email__iexact=email).values_list("language", flat=True)
    return languages.first() or get_language() or settings.LANGUAGE_CODE
