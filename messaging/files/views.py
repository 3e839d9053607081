"""Files over HTTP. Each request checks whether the person may see the file."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from messaging.frames import FileItem
from trato.errors import Refused
from trato.images.forms import has_gone
from trato.images.queue import Uploader
from trato.responses import (
    PersonRequest,
    json_response,
    person_required,
    refusal_response,
    uuid_from,
    with_retry_after,
)

from . import actions, queries
from .models import StoredFile, storage

TYPES = {"jpg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf"}


@require_http_methods(["POST", "DELETE"])
@person_required
def upload(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Store one file, `file`, under a `client_id`; DELETE discards the file with a `client_id`."""
    if request.method == "DELETE":
        return _discard_upload(request, conversation_id)
    given = request.POST.get("client_id", "")
    client_id, content = uuid_from(given), request.FILES.get("file")
    try:
        if client_id is None or content is None:
            raise Refused("invalid", _("The file didn't arrive completely. Choose it again."))
        uploader = Uploader(request.user.pk, has_gone(request))
        row = actions.upload(request.user, conversation_id, client_id, content, uploader)
    except Refused as refusal:
        return with_retry_after(refusal_response(refusal, given[:64] or None), refusal)
    return json_response(FileItem.of(row))


def _discard_upload(request: PersonRequest, conversation_id: int) -> HttpResponse:
    client_id = uuid_from(request.GET.get("client_id"))
    if client_id is None:
        return refusal_response(Refused("invalid", _("The file has no client ID.")))
    actions.discard_upload(request.user, conversation_id, client_id)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@person_required
def file(request: PersonRequest, conversation_id: int, file_id: int) -> HttpResponse:
    """Send a file. POST `alt` describes the person's own unsent file; DELETE discards it."""
    if request.method == "DELETE":
        actions.discard(request.user, conversation_id, file_id)
        return HttpResponse(status=204)
    if request.method == "POST":
        try:
            alt = request.POST.get("alt", "")
            row = actions.describe(request.user, conversation_id, file_id, alt)
        except Refused as refusal:
            return refusal_response(refusal)
        return json_response(FileItem.of(row))
    return respond(request, queries.file_for(request.user, conversation_id, file_id))


@require_safe
@person_required
def thumbnail(request: PersonRequest, conversation_id: int, file_id: int) -> HttpResponse:
    """Send a picture's thumbnail, or the larger one with `?size=large`; a PDF has none."""
    row = queries.file_for(request.user, conversation_id, file_id)
    return respond_thumbnail(request, row)


def respond_thumbnail(request: PersonRequest, row: StoredFile) -> HttpResponse:
    if not row.is_image:
        return HttpResponse(status=404)
    return respond(request, row, "-large" if request.GET.get("size") == "large" else "-small")


def respond(request: HttpRequest, row: StoredFile, ending: str = "") -> HttpResponse:
    """Return a stored file as the response.

    Browsers may cache it, but ask each time whether the person may still see it. If
    `FILE_ACCEL_PREFIX` is set, nginx sends the bytes, adds the ETag and repeats the headers.

    Raises:
        Http404: it is missing from the storage.
    """
    name = row.stored_name(ending)
    etag = f'"{row.stored_as.hex}{ending}"'
    response: HttpResponse
    if settings.FILE_ACCEL_PREFIX:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.FILE_ACCEL_PREFIX}{name}"
    elif etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        try:
            with storage().open(name) as content:
                response = HttpResponse(content.read())
        except FileNotFoundError as error:  # deleted since the row was read
            raise Http404("no such file") from error
    if not settings.FILE_ACCEL_PREFIX:
        response["ETag"] = etag
    response["Content-Type"] = TYPES[row.extension]
    response["Content-Disposition"] = content_disposition_header(not row.is_image, row.name) or ""
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
