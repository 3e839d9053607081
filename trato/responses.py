"""Responses of views: pages for people, JSON for scripts."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from msgspec import Struct

from trato.realtime import frames

from .errors import Code, Refused

STATUS: dict[Code, int] = {
    "invalid": 400,
    "not_found": 404,
    "forbidden": 403,
    "too_long": 413,
    "rate_limited": 429,
    "blocked": 403,
    "conflict": 409,
    "unavailable": 503,
}

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request by somebody who is logged in."""

    user: Any


def wants_json(request: HttpRequest) -> bool:
    """Whether a script sent the request, not a person."""
    preferred = request.get_preferred_type(["text/html", "application/json"])
    return preferred == "application/json"


def json_response(frame: Struct, status: int = 200) -> HttpResponse:
    """Respond with a frame as JSON. It is private, so caches must not store it."""
    response = HttpResponse(
        frames.encode(frame), status=status, content_type="application/json; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    return response


def refusal_response(refusal: Refused, client_id: str | None = None) -> HttpResponse:
    """Respond to a refused action with JSON, and with `Retry-After` (seconds) if waiting helps."""
    response = json_response(frames.Error.of(refusal, client_id), STATUS[refusal.code])
    return with_retry_after(response, refusal)


def with_retry_after(response: HttpResponse, refusal: Refused) -> HttpResponse:
    """Add the number of seconds to wait to a response, for programs."""
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def person_required(view: Callable[Concatenate[Any, P], HttpResponseBase]) -> View:
    """Require a login: redirect people to the login page, answer scripts with 401."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if wants_json(request):
            refusal = Refused("forbidden", _("You're not logged in."))
            return json_response(frames.Error.of(refusal), status=401)
        return redirect_to_login(request.get_full_path())

    return guarded


def is_followed_here(request: HttpRequest) -> bool:
    """Whether somebody came from another of our pages, so that the view may mark things as read.

    A link on another site must not do that, although its request carries the session too. Old
    browsers don't send the header; for them it is False.
    """
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def key_from(text: str) -> int:
    """Parse a row's key from a URL or a form; return 0, which no row has, if it is invalid."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def uuid_from(text: str | None) -> uuid.UUID | None:
    """Parse a UUID from a form; return None if it is missing or invalid."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def counter_from(text: str | None) -> int:
    """Parse a revision or sequence from a URL or a form.

    Raises:
        Refused: `invalid`, if it isn't an integer from 0 to 2³¹ - 1.
    """
    if text and text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < 2**31:
        return int(text)
    raise Refused("invalid", _("That's not a whole number."))
