"""Build page URLs without searching for their pattern each time.

Django's `reverse` searches on every call, which takes 0.05 ms. A conversation's page has about
fifty URLs.
"""

from collections.abc import Callable
from functools import cache, partial

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language

STAND_IN = 10**15  # replaces a number; no URL pattern contains so many digits


def address(view_name: str, *numbers: int, current_app: str | None = None) -> str:
    """Return the same URL as `reverse`, for a view whose arguments are integers.

    Args:
        view_name: with its namespace, such as `shop:order`.
        numbers: the arguments, 0 or greater.
        current_app: the application instance that is asking, as for `reverse`.

    Raises:
        django.urls.NoReverseMatch: no view with this name takes so many numbers.
    """
    return addresses(current_app)(view_name, *numbers)


def addresses(current_app: str | None = None) -> Callable[..., str]:
    """Return `address` for many addresses of one page: it finds out once which ones apply."""
    # A host may use different URLs for each language or each request.
    place = get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), get_language()
    return partial(_address, place, current_app)


def _address(place: object, current_app: str | None, view_name: str, *numbers: int) -> str:
    text, *others = _pieces(view_name, len(numbers), current_app, place)
    for number, piece in zip(numbers, others, strict=True):
        text += f"{number}{piece}"
    return text


@cache
def _pieces(view_name: str, count: int, current_app: str | None, _place: object) -> list[str]:
    """Return the parts of a URL before, between and after its numbers."""
    stand_ins = [STAND_IN + number for number in range(count)]
    pieces, rest = [], reverse(view_name, args=stand_ins, current_app=current_app)
    for stand_in in stand_ins:
        piece, rest = rest.split(str(stand_in))
        pieces.append(piece)
    return [*pieces, rest]
