"""Settings that every page needs."""

from django.conf import settings
from django.http import HttpRequest

from .views import DEMO_PEOPLE


def demo(request: HttpRequest) -> dict[str, object]:
    """Return the people with a one-click login, by email address; none outside development."""
    return {"demo_people": DEMO_PEOPLE if settings.DEMO_LOGINS else {}}
