"""The page to open after a login: where the visitor was, even if `next` was lost.

`next` is lost when people sign up instead, or follow a link in an email.
"""

from django.http import HttpRequest

SESSION_KEY = "after_login"


def remember(request: HttpRequest, address: str = "") -> None:
    """Make the next login in this session lead to a URL; by default, to this request's."""
    request.session[SESSION_KEY] = address or request.path


def address(request: HttpRequest) -> str | None:
    """Return the URL where the visitor started, if any."""
    address: str | None = request.session.get(SESSION_KEY)
    return address


def forget(request: HttpRequest) -> None:
    """Forget the URL, because the visitor has finished there."""
    request.session.pop(SESSION_KEY, None)
