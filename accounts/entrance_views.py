"""allauth's pages, without the side effects that some have on GET.

Browsers send `SameSite=Lax` cookies when somebody follows a link from another site, so no page may
end a session or change anything before one of our forms is posted.
"""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.views import ConfirmEmailView, PasswordResetFromKeyView
from allauth.usersessions.views import ListUserSessionsView
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class ConfirmAddress(ConfirmEmailView):
    """Confirm an address. The button logs out somebody who is logged in with another account."""

    def logout_other_user(self, confirmation: EmailConfirmationHMAC) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


@method_decorator(never_cache, name="dispatch")
class ChoosePassword(PasswordResetFromKeyView):
    """Choose a password with the link from a mail. Saving it ends the current login."""

    def logout(self) -> None:
        if self.request.method == "POST":
            super().logout()


@method_decorator(reauthentication_required(app="allauth.account", allow_get=True), name="dispatch")
class Sessions(ListUserSessionsView):
    """Where a person is logged in, this device first. Ending sessions requires the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        newest_first = reversed(context["sessions"])
        context["sessions"] = sorted(newest_first, key=lambda one: not one.is_current())
        return context
