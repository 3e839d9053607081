"""The list of a person's sessions: where the account is logged in, and how to end all others."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.views import ListUserSessionsView
from django.utils.decorators import method_decorator


@method_decorator(reauthentication_required(app="allauth.account", allow_get=True), name="dispatch")
class Sessions(ListUserSessionsView):
    """Lists sessions, this device first. Ending the others requires the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        newest_first = reversed(context["sessions"])
        context["sessions"] = sorted(newest_first, key=lambda one: not one.is_current())
        return context
