"""The badge, for every page of the site."""

from django.http import HttpRequest

from . import queries


def badge(request: HttpRequest) -> dict[str, int | str]:
    """Return what is unread, for the header, and `newest_notification`, for later toasts.

    `unread_notifications` are `unread_conversations` and `unread_notices` together. One query where
    somebody is logged in.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notifications": 0}
    unread, newest = queries.unread_and_newest(user.pk)
    return {
        "unread_notifications": unread.total,
        "unread_conversations": unread.conversations,
        "unread_notices": unread.notices,
        "newest_notification": newest.isoformat() if newest else "",
    }
