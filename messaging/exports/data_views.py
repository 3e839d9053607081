"""Download all of a person's data: the page that explains and starts it, and the ZIP."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from messaging.host import host
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
from .frames import DataExports
from .responses import item, named, outdated, stored

View = Callable[..., HttpResponseBase]


def _confirmed(view: View) -> View:
    """Make the host ask for the password again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return host.confirmed(view)(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "POST"])
@person_required
@_confirmed
def data(request: PersonRequest) -> HttpResponseBase:
    """Show what is in the download, and its state; POST prepares it."""
    if request.method == "GET":
        return _page(request)
    try:
        actions.start_everything(request.user)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        return with_retry_after(_page(request, refusal), refusal)
    return _page(request, status=202) if wants_json(request) else redirect("messaging:data")


@require_safe
@person_required
@_confirmed
def download(request: PersonRequest, export_id: int) -> HttpResponseBase:
    """Send the ZIP, or redirect to the page if a message in it has changed since."""
    row = queries.export_of_everything_for(request.user, export_id)
    if row.is_stale:
        return outdated() if wants_json(request) else redirect("messaging:data")
    return named(stored(request, row), f"{settings.SITE_NAME} {timezone.localdate():%Y-%m-%d}")


def _page(
    request: PersonRequest, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    row = queries.export_of_everything(request.user)
    if wants_json(request):
        return json_response(DataExports([item(row)] if row else []), status)
    context = {
        "export": row,
        "hours": settings.EXPORT_HOURS,
        "refusal": refusal.detail if refusal else None,
    }
    status = STATUS[refusal.code] if refusal else status
    return render(request, "messaging/exports/data.html", context, status=status)
