"""The page for email addresses, and the demo's one-click logins."""

from collections.abc import Sequence
from typing import Any

from allauth.account.utils import perform_login
from allauth.account.views import EmailView as AllauthEmailView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from .models import User


class EmailView(AllauthEmailView):
    """allauth's page for email addresses; also says if it is too early for another email."""

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["email"].label = _("New email")
        form.fields["email"].widget.attrs.pop("placeholder", None)
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(request, *args, **kwargs)
        # allauth's private flag (65.x). If it is missing, we show nothing, as allauth does.
        asked = "action_send" in request.POST
        if asked and not getattr(self, "_did_send_verification_email", True):
            text = _(
                "We've just sent you an email. Check your spam folder too, "
                "or ask for another one in a few minutes."
            )
            messages.warning(request, text)
        return response


DEMO_PEOPLE = {
    "shopper@example.com": gettext_lazy("Lucía (shopper)"),
    "seller@example.com": gettext_lazy("Marta (seller)"),
    "staff@example.com": gettext_lazy("Sam (staff)"),
}


def suspended(request: HttpRequest, words: Sequence[str] = ()) -> HttpResponse:
    """403: tell a person that their account is suspended, why, and how to object.

    allauth sends suspended people here when they log in with the right password.
    """
    context = {"support_email": settings.SUPPORT_EMAIL, "words": words}
    return render(request, "account/account_inactive.html", context, status=403)


@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Log in as one of the demo's people. This works only in development."""
    email = request.POST.get("email", "")
    if not settings.DEMO_LOGINS or email not in DEMO_PEOPLE:
        raise Http404("no demo logins here")
    user = get_object_or_404(User, email=email)
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = ""
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=target or None
    )
    return response
