"""The site's health check and error pages."""

import sys
from functools import partial
from typing import cast
from urllib.parse import urlsplit

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from psycopg.errors import ReadOnlySqlTransaction

from accounts.models import User
from trato.errors import Code, Missing, Refused, is_disk_full, no_room
from trato.realtime import frames
from trato.realtime.background import run_from_thread
from trato.responses import json_response, wants_json, with_retry_after
from trato.staticfiles import are_collected
from trato.templatetags.page_user import PAGE_USER_FIELD

from .refused_forms import typed_in

log = structlog.get_logger("trato.http")

RETRY_SECONDS = 5  # when to try again while the database is down
MAIL_RETRY_SECONDS = 120  # while the mail server is down
DISK_RETRY_SECONDS = 60  # while the disk is full
FULL = "503_full.html"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for a body that is too large."""
    if isinstance(exception, RequestDataTooBig):
        return _failed(request, 413, "too_long", _("That's too large"))
    return _failed(request, 400, "invalid", _("That didn't work"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, for somebody who is logged in."""
    return _failed(request, 403, "forbidden", _("You don't have access to this page"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, which doesn't reveal whether something exists."""
    if isinstance(exception, Missing):
        return _failed(
            request, 404, "not_found", exception.detail, "404_missing.html",
            page=exception.page, link=exception.link,
        )  # fmt: skip
    return _failed(request, 404, "not_found", _("We can't find that page"))


def page_of_another(request: HttpRequest) -> HttpResponse:
    """412: the page was rendered for somebody other than the person who is logged in now.

    Nothing was stored. People get their text back to copy; scripts learn who is logged in.
    """
    if wants_json(request):
        return json_response(frames.SessionChanged(cast(User, request.user).pk), 412)
    return render(request, "412.html", {"words": typed_in(request)}, status=412)


def logged_out(request: HttpRequest) -> HttpResponse:
    """401: a form from somebody who is no longer logged in. The page shows their text again."""
    context = {"words": typed_in(request), "page": page_of_form(request)}
    return render(request, "401.html", context, status=401)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid CSRF token, for example after a login in another tab.

    If the page was rendered for somebody and nobody is logged in now, respond with 401 as for any
    other form.
    """
    log.warning("csrf_failure", path=request.path, reason=reason)
    was_somebodys = request.POST.get(PAGE_USER_FIELD)
    if was_somebodys and not request.user.is_authenticated and not wants_json(request):
        return logged_out(request)
    return _failed(request, 403, "forbidden", _("Please send it again"), "403_csrf.html")


def page_of_form(request: HttpRequest) -> str:
    """Return the URL of the page with the posted form, or of the front page."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return parts.path + (f"?{parts.query}" if parts.query else "") or "/"


def too_often(request: HttpRequest, error: Refused) -> HttpResponse:
    """429, with the time to wait."""
    return _failed(request, 429, "rate_limited", error.detail, retry_after=error.retry_after)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 if a middleware or a template could not reach the database, or the disk is full.

    Neither page needs the database, which may be the cause.
    """
    error = sys.exc_info()[1]
    if is_disk_full(error):
        return disk_full(request)
    if error and is_database_away(error):
        return service_unavailable(request)
    return _failed(request, 500, "unavailable", _("Something went wrong on our side"))


def service_unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is down, or the pool has no free connection."""
    log.error("database_unavailable", path=request.path)
    detail = _("That isn't possible right now. Try again in a moment.")
    return _failed(request, 503, "unavailable", detail, retry_after=RETRY_SECONDS)


def mail_away(request: HttpRequest) -> HttpResponse:
    """503: an email that somebody is waiting for could not be sent."""
    detail = _("We can't send email right now. Try again in a few minutes.")
    return _failed(
        request, 503, "unavailable", detail, "503_mail.html", retry_after=MAIL_RETRY_SECONDS
    )


def disk_full(request: HttpRequest) -> HttpResponse:
    """503: there is no room for the upload, or for what is being prepared."""
    log.error("disk_full", path=request.path)
    detail = no_room().detail
    return _failed(request, 503, "unavailable", detail, FULL, retry_after=DISK_RETRY_SECONDS)


def is_database_away(error: BaseException) -> bool:
    """Whether an error means that the database can't be reached, or rejects writes for now."""
    only_reads = isinstance(error.__cause__, ReadOnlySqlTransaction)  # after a failover
    return isinstance(error, OperationalError | InterfaceError) or only_reads


def _failed(
    request: HttpRequest,
    status: int,
    code: Code,
    detail: str | Promise,
    template: str = "",
    *,
    page: str | Promise = "",
    link: str | Promise = "",
    retry_after: int | None = None,
) -> HttpResponse:
    """Return a page for people, with the text they sent, or an error frame for scripts.

    The page is in the reader's language even if the request didn't reach LocaleMiddleware.

    Args:
        template: replaces the default for the status; templates for 5xx don't use the database.
        page: the URL that such a template links to; by default the form's page.
        link: the text of that link, instead of the template's.
        retry_after: seconds.
    """
    refusal = Refused(code, detail, retry_after)
    # For a 5xx, the database may be the cause.
    context = {"words": typed_in(request, with_rows=status < 500), "detail": detail}
    if template:
        context |= {"page": page or page_of_form(request), "link": link}
    with translation.override(translation.get_language_from_request(request)):
        if wants_json(request):
            response = json_response(frames.Error.of(refusal), status)
        elif status >= 500 and template in ("", FULL):
            page = render_to_string(template or f"{status}.html", context)
            response = HttpResponse(page, status=status)
        else:
            response = render(request, template or f"{status}.html", context, status=status)
    return with_retry_after(response, refusal)


def health(request: HttpRequest) -> HttpResponse:
    """For load balancers and `deploy/roll`: 503 if no page can be shown.

    No page can be shown while the database is down. If the process started before `collectstatic`,
    none can until a restart. Without the layer the site still works.
    """
    database, static_files = _database_answers(), are_collected()
    body = {
        "database": database,
        "static_files": static_files,
        "channel_layer": _layer_answers(),
        "channel_layer_is_shared": bool(settings.REDIS_URL),  # with other processes
    }
    return JsonResponse(body, status=200 if database and static_files else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _layer_answers() -> bool:
    probe = partial(get_channel_layer().group_send, "health", {"type": "health.probe"})
    try:
        run_from_thread(probe, settings.REDIS_TIMEOUT_SECONDS)
    except Exception:
        return False
    return True


def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect programs that look for an icon at its traditional URL to ours."""
    return redirect(static("favicon.svg"))
