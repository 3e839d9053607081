"""My standing: the decisions about a person, and appeals. Suspended people can open it, too."""

from django.contrib import messages as notices
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from messaging.models import DECISION_KIND
from notifications import actions as notifications
from trato.errors import Refused
from trato.pagination import PageRequest
from trato.people import Person
from trato.responses import STATUS, is_followed_here
from trato.suspended_logins import suspended_person

from . import actions, queries
from .forms import AppealForm


def _reader(request: HttpRequest) -> Person | None:
    """Return the person whose standing to show: logged in, or suspended with a session."""
    if request.user.is_authenticated:
        return request.user
    return suspended_person(request.session)


@require_GET
@never_cache
def standing(request: HttpRequest) -> HttpResponse:
    """Show what was decided about the person."""
    reader = _reader(request)
    if reader is None:
        return redirect_to_login(request.get_full_path())
    page = queries.page_of(reader.pk, PageRequest.from_query(request.GET))
    context = {
        "page": page,
        "rows": [queries.standing_of(row) for row in page.rows],
        "is_suspended": not reader.is_active,
    }
    return render(request, "messaging/appeals/standing.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Show one decision with its reasons, and accept an appeal against it.

    Its notice is marked as read only if the person comes from a page of this site.
    """
    reader = _reader(request)
    if reader is None:
        return redirect_to_login(request.get_full_path())
    row = queries.decisions_about(reader.pk).filter(pk=decision_id).first()
    if row is None:
        raise Http404("no such decision about this person")
    form, status = AppealForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.appeal(reader, decision_id, form.cleaned_data["words"])
            except Refused as refusal:
                form.add_error("words", str(refusal.detail))
                status = STATUS[refusal.code]
            else:
                notices.success(request, _("We've received your appeal."))
                return redirect("messaging:standing_of", decision_id)
    elif reader.is_active and is_followed_here(request):
        notifications.mark_read(reader, subject_kind=DECISION_KIND, subject_id=decision_id)
    context = {
        "standing": queries.standing_of(row),
        "form": form,
        "is_suspended": not reader.is_active,
    }
    return render(request, "messaging/appeals/decision.html", context, status=status)
