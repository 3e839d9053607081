"""Actions on conversations over HTTP: from forms and from scripts."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from messaging.team import queries as team
from trato import rate_limits
from trato.errors import Missing, Refused
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
from .choices import KINDS
from .choices import choices as find_choices
from .frames import Muted, Outcome
from .outcomes import sentence


@require_POST
@person_required
def acts(request: PersonRequest) -> HttpResponse:
    """Carry out an action on conversations. Redirect forms; answer scripts with JSON."""
    try:
        rate_limits.hit("ACTS_PER_MINUTE", f"person-{request.user.pk}")
        outcome = forms.perform(request.user, request.POST)
    except Refused as refusal:
        return _refused(request, refusal)
    if wants_json(request):
        return json_response(outcome)
    if not outcome.done and set(outcome.failed.values()) == {"not_found"}:
        detail = _("That is gone, or no longer yours: a conversation, a label or a colleague.")
        raise Missing(detail, _back(request))
    _leave_notice(request, outcome)
    return redirect(_back(request))


@require_GET
@person_required
def muted(request: PersonRequest) -> HttpResponse:
    """Return as JSON which conversations a page must not announce."""
    user = request.user
    return json_response(Muted(queries.muted(user), has_chosen=team.has_chosen(user)))


@require_POST
@person_required
def choices(request: PersonRequest) -> HttpResponse:
    """Show the choices for an action on some conversations: times, labels or colleagues.

    This changes nothing. It is a POST because a page can send the IDs of a thousand conversations.
    """
    kind = request.POST.get("act", "")
    if kind not in KINDS:
        raise Http404("no such choice")
    try:
        ids = forms.chosen(request.user, request.POST)
        offered = find_choices(request.user, kind, ids)
    except Refused as refusal:
        return _refused(request, refusal)
    if offered is None:
        raise Http404("no such conversation")
    return render(
        request,
        "messaging/triage/choices.html",
        {
            "act": request.POST,
            "choices": offered,
            "conversations": ids,
            "number": len(ids),
            "back": _back(request),
        },
    )


def _refused(request: PersonRequest, refusal: Refused) -> HttpResponse:
    """Show a form's field again, with the reason and what the person entered."""
    if wants_json(request):
        return refusal_response(refusal)
    ids = forms.ids_from(request.POST)
    context = {
        "act": request.POST,
        "conversations": ids,
        "back": _back(request),
        "error": refusal.detail,
        # Another time helps only where there was one, and conversations to put off.
        "asks_time": "until_local" in request.POST and bool(ids or "filter" in request.POST),
    }
    status = STATUS[refusal.code]
    response = render(request, "messaging/triage/act.html", context, status=status)
    return with_retry_after(response, refusal)


def _leave_notice(request: PersonRequest, outcome: Outcome) -> None:
    """Show what was done in a notice on the next page, with a button that undoes it."""
    context = {
        "text": sentence(request.POST["act"], outcome),
        "token": outcome.undo,
        "back": _back(request),
    }
    notice = render_to_string("messaging/triage/_done.html", context, request)
    notices.add_message(request, notices.WARNING if outcome.failed else notices.SUCCESS, notice)


def _back(request: PersonRequest) -> str:
    """Return the form's `next` or the page it was on, if on this site; otherwise the list."""
    host, secure = {request.get_host()}, request.is_secure()
    for url in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(url, host, secure):
            return url
    return reverse("messaging:conversation_list")
