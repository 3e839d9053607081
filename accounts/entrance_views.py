"""allauth's pages that do something when they are only looked at, without that.

Cookies that are `SameSite=Lax` come along when another site sends a person here, so no page may end
a session or change anything before a form of ours is posted.
"""

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.views import ConfirmEmailView, PasswordResetFromKeyView
from allauth.usersessions.views import ListUserSessionsView
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class ConfirmAddress(ConfirmEmailView):
    """Confirm an address. Who is logged in as somebody else is logged out by the button."""

    def logout_other_user(self, confirmation: EmailConfirmationHMAC) -> None:
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


@method_decorator(never_cache, name="dispatch")
class ChoosePassword(PasswordResetFromKeyView):
    """Choose a password by the link of a mail. Logs others out when it is chosen."""

    def logout(self) -> None:
        if self.request.method == "POST":
            super().logout()


@method_decorator(reauthentication_required(app="allauth.account", allow_get=True), name="dispatch")
class Sessions(ListUserSessionsView):
    """Where a person is logged in. Ending that asks for the password."""
