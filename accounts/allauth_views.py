"""allauth's pages, without the side effects that some have on GET.

Browsers send `SameSite=Lax` cookies when somebody follows a link from another site, so no page may
end a session or change anything before one of our forms is posted.
"""

from typing import Any

from allauth.account.models import EmailConfirmationHMAC
from allauth.account.views import ConfirmEmailView, PasswordResetFromKeyView
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class ConfirmAddress(ConfirmEmailView):
    """Confirm an address. The button logs out anybody who is logged in with another account."""

    def logout_other_user(self, confirmation: EmailConfirmationHMAC) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


@method_decorator(never_cache, name="dispatch")
class ChoosePassword(PasswordResetFromKeyView):
    """Choose a password with the link from an email. Saving it ends the current login."""

    def logout(self) -> None:
        if self.request.method == "POST":
            super().logout()


class RemoveKey(RemoveWebAuthnView):
    """Remove a security key. On a second click, the key is already gone."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.get_queryset().filter(pk=kwargs["pk"]).exists():
            return redirect("mfa_list_webauthn")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class DeactivateApp(DeactivateTOTPView):
    """Deactivate the authenticator app. On a second click, it is already deactivated."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        except Http404:
            return redirect(self.success_url)
        return response
