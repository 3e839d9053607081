"""What every request passes through, beside Django's own."""

import zoneinfo
from collections.abc import Callable

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from . import views

log = structlog.get_logger("trato.http")

GetResponse = Callable[[HttpRequest], HttpResponse]


class ReaderTimeZone:
    """Write times in the zone that the reader's browser told in the cookie `timezone`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone(request.COOKIES.get("timezone"))):
            return self.get_response(request)


def _zone(name: str | None) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None


class FriendlyFailures:
    """503 where the database cannot be reached, 413 for what is too big, instead of 500 and 400.

    It stands innermost, around the view: what views raise has become a response further out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            log.error("database_unavailable", path=request.path)
            return views.service_unavailable(request)
        if isinstance(error, RequestDataTooBig):
            return render(request, "413.html", status=413)
        return None
