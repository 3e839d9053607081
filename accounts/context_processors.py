"""What every page needs to know of the site's settings."""

from django.conf import settings
from django.http import HttpRequest

from .views import DEMO_EMAILS


def demo(request: HttpRequest) -> dict[str, object]:
    """The addresses of the one-click logins; none outside development."""
    return {"demo_emails": DEMO_EMAILS if settings.DEMO_LOGINS else ()}
