"""Settings that every page needs."""

from django.conf import settings
from django.http import HttpRequest

from .views import DEMO_EMAILS


def demo(request: HttpRequest) -> dict[str, object]:
    """Return the addresses of the one-click logins; empty outside of development."""
    return {"demo_emails": DEMO_EMAILS if settings.DEMO_LOGINS else ()}
