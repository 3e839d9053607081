"""Exports of a conversation over HTTP: the page that explains and starts one, and the ZIP."""

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from messaging import access
from messaging.models import Conversation, Export
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

from . import actions, queries
from .archive import pieces
from .frames import ExportList
from .names import cleaned
from .responses import ZipResponse, item, named, outdated, stored

NAME_MAX_BYTES = 80


@require_http_methods(["GET", "POST"])
@person_required
def export(request: PersonRequest, conversation_id: int) -> HttpResponseBase:
    """Show what an export contains; POST sends the ZIP, or prepares it if it is large."""
    if request.method == "GET":
        return _page(request, conversation_id)
    try:
        started = actions.start(request.user, conversation_id)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        return with_retry_after(_page(request, conversation_id, refusal), refusal)
    if not isinstance(started, Export):
        response = ZipResponse(request, pieces(started))
        return named(response, _stem(request, started.conversation))
    if wants_json(request):
        return _list(request, access.conversation_for(request.user, conversation_id), 202)
    return redirect("messaging:export", conversation_id)


@require_safe
@person_required
def download(request: PersonRequest, conversation_id: int, export_id: int) -> HttpResponseBase:
    """Send a prepared export. If some of its text has been removed since, redirect to its page."""
    conversation = access.conversation_for(request.user, conversation_id)
    row = queries.export_for(request.user, conversation, export_id)
    if row.is_stale:
        if wants_json(request):
            return outdated()
        return redirect("messaging:export", conversation_id)
    return named(stored(request, row), _stem(request, conversation))


def _page(
    request: PersonRequest, conversation_id: int, refusal: Refused | None = None
) -> HttpResponse:
    conversation = access.conversation_for(request.user, conversation_id)
    if wants_json(request):
        return _list(request, conversation)
    side = conversation.side_of(request.user.pk)
    context = {
        "conversation": conversation,
        "side": side,
        "counterpart": conversation.counterpart_of(side),
        "is_small": queries.is_small(conversation),
        "export": queries.exports_of(request.user, conversation).first(),
        "hours": settings.EXPORT_HOURS,
        "refusal": refusal.detail if refusal else None,
    }
    status = STATUS[refusal.code] if refusal else 200
    return render(request, "messaging/exports/export.html", context, status=status)


def _list(request: PersonRequest, conversation: Conversation, status: int = 200) -> HttpResponse:
    rows = queries.exports_of(request.user, conversation)
    return json_response(ExportList(conversation.pk, [item(row) for row in rows]), status)


def _stem(request: PersonRequest, conversation: Conversation) -> str:
    counterpart = conversation.counterpart_of(conversation.side_of(request.user.pk))
    return f"{cleaned(counterpart, NAME_MAX_BYTES)} {timezone.localdate():%Y-%m-%d}"
