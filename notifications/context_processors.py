"""The badge, for every page of the site."""

from django.conf import settings
from django.http import HttpRequest

from . import queries


def badge(request: HttpRequest) -> dict[str, int | str]:
    """Return what is unread, for the header, and `notified_until`: toasts show only later news.

    `toast_seconds` is how long a toast stays.

    `unread_notifications` is `unread_conversations` plus `unread_notices`. This takes one query if
    somebody is logged in.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notifications": 0}
    unread, now = queries.unread_and_now(user.pk)
    return {
        "unread_notifications": unread.total,
        "unread_conversations": unread.conversations,
        "unread_notices": unread.notices,
        "notified_until": now.isoformat() if now else "",
        "toast_seconds": settings.TOAST_SECONDS,
    }
