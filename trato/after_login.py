"""Where a login leads: back to what the visitor had begun, even where `next` was lost.

People who follow a link in a mail, or sign up instead, come back without it.
"""

from django.http import HttpRequest

SESSION_KEY = "after_login"


def remember(request: HttpRequest) -> None:
    """Let the next login in this session lead back to the address of this request."""
    request.session[SESSION_KEY] = request.path


def address(request: HttpRequest) -> str | None:
    """What the visitor has begun, if anything."""
    address: str | None = request.session.get(SESSION_KEY)
    return address


def forget(request: HttpRequest) -> None:
    """What was begun is done."""
    request.session.pop(SESSION_KEY, None)
