"""What messaging's scripts need to know on every page."""

from django.conf import settings
from django.http import HttpRequest


def outbox(request: HttpRequest) -> dict[str, int]:
    """`outbox_ask_after`, in seconds."""
    return {"outbox_ask_after": settings.OUTBOX_ASK_AFTER_SECONDS}
