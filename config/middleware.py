"""What every request passes through, beside Django's own."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import views

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
    """503 instead of 500 where a view found no database.

    Only so that an outage is a line in the log and not a traceback for each request, also while
    DEBUG is on; `views.server_error` does the same for what fails further out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return views.service_unavailable(request) if views.is_database_away(error) else None
