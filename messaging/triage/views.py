"""Acts on conversations over HTTP: from forms and from scripts."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from messaging.team import queries as team
from trato import rate_limits
from trato.errors import Refused
from trato.responses import (
    STATUS,
    PersonRequest,
    json_response,
    person_required,
    refusal_response,
    wants_json,
    with_retry_after,
)

from . import forms, queries
from .frames import Muted, Outcome


@require_POST
@person_required
def acts(request: PersonRequest) -> HttpResponse:
    """Do something with one conversation or many: redirect forms back, answer scripts with JSON."""
    try:
        rate_limits.hit("ACTS_PER_MINUTE", f"person-{request.user.pk}")
        outcome = forms.perform(request.user, request.POST)
    except Refused as refusal:
        return _refused(request, refusal)
    if wants_json(request):
        return json_response(outcome)
    if not outcome.done and set(outcome.failed.values()) == {"not_found"}:
        raise Http404("no such conversation")
    _tell(request, outcome)
    return redirect(_back(request))


@require_GET
@person_required
def muted(request: PersonRequest) -> HttpResponse:
    """Return as JSON which conversations a page must not announce."""
    user = request.user
    return json_response(Muted(queries.muted(user), has_chosen=team.has_chosen(user)))


def _refused(request: PersonRequest, refusal: Refused) -> HttpResponse:
    """Show a form's field again, with the reason and with what the person has entered."""
    if wants_json(request):
        return refusal_response(refusal)
    context = {
        "act": request.POST,
        "conversations": forms.ids_from(request.POST),
        "back": _back(request),
        "error": refusal.detail,
    }
    status = STATUS[refusal.code]
    response = render(request, "messaging/triage/act.html", context, status=status)
    return with_retry_after(response, refusal)


def _tell(request: PersonRequest, outcome: Outcome) -> None:
    if outcome.failed:
        number = len(outcome.failed)
        text = ngettext(
            "%(count)s conversation could not be changed.",
            "%(count)s conversations could not be changed.",
            number,
        )
        notices.warning(request, text % {"count": number})


def _back(request: PersonRequest) -> str:
    """Return where a form wants to go, or where it was, if that is on this site; or the list."""
    host, secure = {request.get_host()}, request.is_secure()
    for url in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(url, host, secure):
            return url
    return reverse("messaging:conversation_list")
