"""This site's own middleware."""

from http import HTTPStatus
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from accounts.adapter import MailServerAway
from accounts.views import suspended
from trato import after_login
from trato.errors import Missing, Refused, is_disk_full
from trato.middleware import Middleware
from trato.realtime.database import give_back_connections
from trato.realtime.sessions import Ended, people_of
from trato.templatetags.page_user import PAGE_USER_FIELD
from trato.time_zones import BROWSER_COOKIE, CHOSEN_COOKIE, zone_of

from . import views
from .refused_forms import typed_in

log = structlog.get_logger("trato.http")


class GiveBackConnections(Middleware):
    """Outermost: return the database connection in the thread that used it, whatever happens."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            give_back_connections()


class VaryByReader(Middleware):
    """Tells caches what a response depends on besides its URL.

    `Accept` and `X-Requested-With` choose between a page and JSON, here and in allauth. Cookies
    determine the reader, the language and the time zone, even if no session was loaded.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept", "Cookie", "X-Requested-With"))
        return response


class ReaderTimeZone(Middleware):
    """Uses the time zone that the reader has chosen, or the browser's; both are in cookies."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookies = request.COOKIES
        zone = zone_of(cookies.get(CHOSEN_COOKIE)) or zone_of(cookies.get(BROWSER_COOKIE))
        with timezone.override(zone):
            return self.get_response(request)


class PrivateAnswers(Middleware):
    """Keeps private responses, which depend on a session, out of browsers' and proxies' caches.

    Otherwise the next person at the same browser would find them with the Back button. A response
    that didn't load the session is the same for everybody and is left as it is. So is one with
    `no-cache`, because browsers revalidate it each time.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        control = response.get("Cache-Control", "")
        if session.accessed and "no-store" not in control and "no-cache" not in control:
            # A visitor without a session has nothing private, so their browser may go back quickly.
            no_store = {"no_store": True} if session.session_key or not session.is_empty() else {}
            patch_cache_control(response, private=True, **no_store)
        return response


class PageUser(Middleware):
    """Responds with 412 if one person's page sends a request while somebody else is logged in.

    A page is rendered for one person, but its requests carry the current session cookie. So each
    request names the person its page was rendered for: scripts in the header `Page-User`, forms in
    the field that `{% csrf_token %}` adds. We pass on a request that names nobody, or whose sender
    isn't logged in: views redirect that one to the login page.
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
    except UnreadablePostError:  # the client has disconnected
        return ""


class LoggedOut(Middleware):
    """Responds with 401 and the typed text to a form that a view redirects to the login page.

    After the login, the redirect would take people to a URL that doesn't accept GET, and they would
    lose their text. A visitor's question is stored elsewhere, so its redirect stays.

    Whatever page a suspended person opens, we tell them about the suspension instead of asking them
    to log in.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.FOUND:
            return response
        if _is_suspended(request, response):
            return suspended(request, typed_in(request))
        if request.method != "POST":
            return response
        came_from = parse_qs(urlsplit(response["Location"]).query).get("next")
        is_kept = after_login.address(request) == request.path
        is_sent_away = came_from == [request.get_full_path()] and not request.user.is_authenticated
        return views.logged_out(request) if is_sent_away and not is_kept else response


def _is_suspended(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this redirects a suspended person to the login page; two queries if so."""
    login = urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL)
    key = request.session.session_key
    if not login or key is None or request.user.is_authenticated:
        return False
    return people_of([key])[key] is Ended.SUSPENDED


class SoundText(Middleware):
    """Responds with 400 to text that isn't UTF-8 in URLs and forms, and to NUL in a cookie.

    Django would replace an invalid byte with "\ufffd", and NUL would reach the database.
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
    """Responds with 503 to an outage or a full disk, and with 429 or 400 to bad requests.

    The outage may be the database's or the mail server's. A page that waited too long for a thread
    gets 503 too.

    `views.server_error` responds with 503 to failures outside this middleware. In here, such a
    failure is logged in one line instead of a traceback per request, even while DEBUG is on.
    """

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        return views.service_unavailable(request) if getattr(request, "is_late", False) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if views.is_database_away(error):
            return views.service_unavailable(request)
        if is_disk_full(error):
            return views.disk_full(request)
        if isinstance(error, Missing):  # otherwise Django would show its own page while DEBUG is on
            return views.not_found(request, error)
        if isinstance(error, MailServerAway):
            return views.mail_away(request)
        if isinstance(error, Refused) and error.code == "rate_limited":
            return views.too_often(request, error)
        if isinstance(error, ValueError | OverflowError | DataError) and _is_others_page(request):
            log.warning("unreadable_input", path=request.path, error=type(error).__name__)
            return views.bad_request(request, error)
        return None


def _is_others_page(request: HttpRequest) -> bool:
    """Whether the request is for Django's admin or allauth.

    Both pass some values from forms and URLs to `int` or to the database without checking them. Our
    own views check theirs, so an error there would be a bug.
    """
    match = request.resolver_match
    if match is None:
        return False
    # Some of our views are subclasses of theirs.
    view = getattr(match.func, "view_class", match.func)
    parts = view.mro() if isinstance(view, type) else [view]
    of_allauth = any(part.__module__.startswith("allauth.") for part in parts)
    return "admin" in match.app_names or of_allauth
