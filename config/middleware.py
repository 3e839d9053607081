"""What every request passes through, beside Django's own."""

import zoneinfo
from http import HTTPStatus
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

import structlog
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from accounts.adapter import MailServerAway
from trato import after_login
from trato.errors import Refused
from trato.middleware import Middleware
from trato.realtime.database import give_back_connections
from trato.templatetags.page_user import PAGE_USER_FIELD

from . import views

log = structlog.get_logger("trato.http")


class GiveBackConnections(Middleware):
    """Outermost: give the database connection back in the thread that has it, whatever happens."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            give_back_connections()


class VaryByReader(Middleware):
    """Tell caches what an answer depends on besides its address.

    `Accept` and `X-Requested-With` choose between a page and JSON, here and in allauth. Cookies say
    who reads, in which language and time zone, also where no session was looked at.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept", "Cookie", "X-Requested-With"))
        return response


class ReaderTimeZone(Middleware):
    """Write times in the zone that the reader's browser told in the cookie `timezone`."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone(request.COOKIES.get("timezone"))):
            return self.get_response(request)


def _zone(name: str | None) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None


class PrivateAnswers(Middleware):
    """Let no cache keep an answer that depended on somebody's session, in the browser or between.

    Otherwise the next person at the same browser finds it with the Back button. An answer that
    never looked at the session is the same for everybody and stays as it is.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if session.accessed and "no-store" not in response.get("Cache-Control", ""):
            # A visitor without a session has nothing private: their browser may go back quickly.
            no_store = {"no_store": True} if session.session_key or not session.is_empty() else {}
            patch_cache_control(response, private=True, **no_store)
        return response


class PageUser(Middleware):
    """412 for what one person's page sends while somebody else is logged in; nothing is done.

    A page is drawn for one person, but its requests carry the session cookie of the moment. So
    each names the person it was drawn for: scripts in the header `Page-User`, forms in the field
    that `{% csrf_token %}` adds. A request that names nobody is judged by its session, and
    so is one without a session: views send it to the login page.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        drawn_for = _page_user(request)
        if drawn_for and request.user.is_authenticated and drawn_for != str(request.user.pk):
            log.info("page_of_another", path=request.path, user=request.user.pk)
            return views.page_of_another(request)
        return self.get_response(request)


def _page_user(request: HttpRequest) -> str:
    named = request.headers.get("Page-User", "") or request.GET.get(PAGE_USER_FIELD, "")
    if named or request.method != "POST":
        return named
    try:
        return request.POST.get(PAGE_USER_FIELD, "")
    except UnreadablePostError:  # the client has left
        return ""


class LoggedOut(Middleware):
    """401, with the words, for a form that a view sends to the login page: nobody is logged in.

    The login would lead to an address that takes no GET, and the words would be lost. A visitor's
    question is kept elsewhere and goes on to the login.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code != HTTPStatus.FOUND:
            return response
        came_from = parse_qs(urlsplit(response["Location"]).query).get("next")
        is_kept = after_login.address(request) == request.path
        is_sent_away = came_from == [request.get_full_path()] and not request.user.is_authenticated
        return views.logged_out(request) if is_sent_away and not is_kept else response


class SoundText(Middleware):
    """400 for addresses and forms whose text is no UTF-8, and for NUL in a cookie.

    Django would put "\ufffd" into the text, and the cookie's NUL would reach the database.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = [request.META.get("QUERY_STRING", "").encode("latin1", "replace")]
        if request.content_type == "application/x-www-form-urlencoded":
            sent.append(request.body)
        try:
            for text in sent:
                unquote_to_bytes(text).decode()
            if any("\0" in value for value in request.COOKIES.values()):
                raise BadRequest
        except (UnicodeDecodeError, BadRequest) as error:
            return views.bad_request(request, error)
        return self.get_response(request)


class FriendlyFailures(Middleware):
    """503 for a database or mail server that is away, 429 for too many requests, 400 for gibberish.

    `views.server_error` does the first for all that fails further out. Here it is one line in the
    log instead of a traceback for each request, also while DEBUG is on.
    """

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if views.is_database_away(error):
            return views.service_unavailable(request)
        if isinstance(error, MailServerAway):
            return views.mail_away(request)
        if isinstance(error, Refused) and error.code == "rate_limited":
            return views.too_often(request, error)
        if isinstance(error, ValueError | OverflowError | DataError) and _is_others_page(request):
            log.warning("unreadable_input", path=request.path, error=type(error).__name__)
            return views.bad_request(request, error)
        return None


def _is_others_page(request: HttpRequest) -> bool:
    """Whether Django's admin or allauth answers: both give some values of forms and addresses to
    `int` or to the database unread. Our own views check theirs, so there it would be a defect."""
    match = request.resolver_match
    if match is None:
        return False
    # A page of ours may be one of theirs with a difference.
    view = getattr(match.func, "view_class", match.func)
    parts = view.mro() if isinstance(view, type) else [view]
    of_allauth = any(part.__module__.startswith("allauth.") for part in parts)
    return "admin" in match.app_names or of_allauth
