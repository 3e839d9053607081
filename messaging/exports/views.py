"""Exports over HTTP: the page that explains and starts one, and the ZIP."""

from contextlib import suppress
from typing import IO

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from messaging import access
from messaging.files.models import storage
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
from .archive import PIECE_BYTES, Pieces, pieces, streamed
from .frames import ExportItem, ExportList
from .names import cleaned

NAME_MAX_BYTES = 80


class ZipResponse(StreamingHttpResponse):
    """A ZIP in pieces, made as the client reads; when it has gone, nothing stays open."""

    def __init__(self, request: HttpRequest, parts: Pieces) -> None:
        # Django would collect what an ordinary iterator yields in memory before it sends any of it.
        content = streamed(parts) if isinstance(request, ASGIRequest) else parts
        super().__init__(content, content_type="application/zip")
        self._parts = parts

    def close(self) -> None:
        super().close()
        with suppress(ValueError):  # its last step still runs
            self._parts.close()


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
        return _named(response, request, started.conversation)
    if wants_json(request):
        return _list(request, access.conversation_for(request.user, conversation_id), 202)
    return redirect("messaging:export", conversation_id)


@require_GET
@person_required
def download(request: PersonRequest, conversation_id: int, export_id: int) -> HttpResponseBase:
    """Send an export that was prepared. One with words that are gone since leads to its page."""
    row = queries.export_for(request.user, conversation_id, export_id)
    if row.is_stale:
        if wants_json(request):
            text = _("The conversation has changed since. Prepare the download again.")
            return refusal_response(Refused("conflict", text))
        return redirect("messaging:export", conversation_id)
    if settings.FILE_ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse(content_type="application/zip")
        response["X-Accel-Redirect"] = f"{settings.FILE_ACCEL_PREFIX}{row.stored_name}"
    else:
        try:
            file = storage().open(row.stored_name)
        except FileNotFoundError as error:  # deleted since the row was read
            raise Http404("no such export") from error
        response = ZipResponse(request, _read(file))
        response["Content-Length"] = str(row.size)
    return _named(response, request, row.conversation)


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
    items = [
        ExportItem(
            id=row.pk,
            state="stale" if row.is_stale else row.state,
            size=row.size,
            expires_at=row.expires_at,
            url=(
                reverse("messaging:export_download", args=[conversation.pk, row.pk])
                if row.state == Export.State.READY and not row.is_stale
                else ""
            ),
        )
        for row in rows
    ]
    return json_response(ExportList(conversation.pk, items), status)


def _read(file: IO[bytes]) -> Pieces:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _named(
    response: HttpResponseBase, request: PersonRequest, conversation: Conversation
) -> HttpResponseBase:
    counterpart = conversation.counterpart_of(conversation.side_of(request.user.pk))
    name = f"{cleaned(counterpart, NAME_MAX_BYTES)} {timezone.localdate():%Y-%m-%d}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name.strip()) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
