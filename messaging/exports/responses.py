"""The ZIP as a response, and the JSON about an export."""

from contextlib import suppress
from typing import IO

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from messaging.files.models import storage
from messaging.models import Export
from trato.errors import Refused
from trato.responses import refusal_response

from .archive import PIECE_BYTES, Pieces, streamed
from .frames import ExportItem

STALE = "stale"


class ZipResponse(StreamingHttpResponse):
    """A ZIP in pieces, made as the client reads; nothing stays open once the client is gone."""

    def __init__(self, request: HttpRequest, parts: Pieces) -> None:
        # Under ASGI, Django would read an ordinary iterator into memory before sending any of it.
        content = streamed(parts) if isinstance(request, ASGIRequest) else parts
        super().__init__(content, content_type="application/zip")
        self._parts = parts

    def close(self) -> None:
        super().close()
        with suppress(ValueError):  # its last step still runs
            self._parts.close()


def stored(request: HttpRequest, row: Export) -> HttpResponseBase:
    """Send an export that was prepared. Raises Http404 if it was deleted since it was read."""
    if settings.FILE_ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse(content_type="application/zip")
        response["X-Accel-Redirect"] = f"{settings.FILE_ACCEL_PREFIX}{row.stored_name}"
        return response
    try:
        file = storage().open(row.stored_name)
    except FileNotFoundError as error:
        raise Http404("no such export") from error
    response = ZipResponse(request, _read(file))
    response["Content-Length"] = str(row.size)
    return response


def named(response: HttpResponseBase, stem: str) -> HttpResponseBase:
    """Set a ZIP's file name and the headers of a private file.

    Args:
        stem: the name without `.zip`.
    """
    name = f"{stem}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name.strip()) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def item(row: Export) -> ExportItem:
    """Return the JSON about an export, see `Export.is_stale`."""
    is_ready = row.state == Export.State.READY and not row.is_stale
    return ExportItem(
        id=row.pk,
        state=STALE if row.is_stale else row.state,
        size=row.size,
        expires_at=row.expires_at,
        url=_url(row) if is_ready else "",
    )


def outdated() -> HttpResponse:
    """Refuse a stale export."""
    text = _("The conversation has changed since. Prepare the download again.")
    return refusal_response(Refused("conflict", text))


def _url(row: Export) -> str:
    if row.conversation_id is None:
        return reverse("messaging:data_download", args=[row.pk])
    return reverse("messaging:export_download", args=[row.conversation_id, row.pk])


def _read(file: IO[bytes]) -> Pieces:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece
