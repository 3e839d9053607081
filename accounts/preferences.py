"""A person's language and time zone, stored in the account and in each browser's cookies.

Pages read only the cookies, so no request has to load the person's row for them. A login sets the
cookies, so that a new device uses the person's language immediately.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.i18n import set_language

from trato.time_zones import CHOSEN_COOKIE, zone_of

from .models import User

YEAR_SECONDS = 365 * 24 * 60 * 60


def remember(response: HttpResponse, user: User) -> HttpResponse:
    """Set the cookies with a person's language and time zone; return the response."""
    if user.language:
        _set(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    if user.time_zone:
        _set(response, CHOSEN_COOKIE, user.time_zone)
    else:
        response.delete_cookie(CHOSEN_COOKIE)  # perhaps from somebody who used this browser before
    return response


def _set(response: HttpResponse, name: str, value: str) -> None:
    # Scripts read the cookies, to use the same language and time zone on a page.
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def adopt_language(user: User) -> None:
    """Store the language in which somebody logs in for the first time."""
    language = translation.get_language()
    if not user.language and language in dict(settings.LANGUAGES):
        user.language = language
        user.save(update_fields=["language"])


def switch_language(request: HttpRequest) -> HttpResponse:
    """Django's view for each page's language switch; also stores a logged-in person's choice."""
    response: HttpResponse = set_language(request)
    language = request.POST.get("language")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return response


@contextmanager
def of(user: User | None) -> Iterator[None]:
    """Use a person's language and time zone, for example for an email to them."""
    language = (user.language if user else "") or translation.get_language()
    zone = zone_of(user.time_zone) if user else None
    with translation.override(language), timezone.override(zone or timezone.get_current_timezone()):
        yield
