"""The switches for what the other sides see of a person."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trato.errors import Refused
from trato.responses import STATUS, PersonRequest, person_required, with_retry_after

from . import actions, queries
from .forms import PresenceForm


@require_http_methods(["GET", "POST"])
@person_required
def presence(request: PersonRequest) -> HttpResponse:
    """Show or change what others can see of the person; after a change, redirect to `next`."""
    hidden = queries.hidden_by_one(request.user)
    data = request.POST if request.method == "POST" else None
    form = PresenceForm(data, person=request.user, hidden=hidden)
    if data is not None and form.is_valid():
        try:
            actions.choose(request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.detail))
            page = _page(request, form, STATUS[refusal.code])
            return with_retry_after(page, refusal)
        notices.success(request, _("Saved."))
        return HttpResponseRedirect(_next(request) or reverse("messaging:presence"))
    return _page(request, form)


def _page(request: PersonRequest, form: PresenceForm, status: int = 200) -> HttpResponse:
    context = {"presence_form": form, "presence_next": _next(request)}
    return render(request, "messaging/presence/presence.html", context, status=status)


def _next(request: PersonRequest) -> str:
    url = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if is_here else ""
