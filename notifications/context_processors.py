"""The badge, for every page of the site."""

from django.http import HttpRequest

from . import queries


def badge(request: HttpRequest) -> dict[str, int | str]:
    """Return `unread_notifications` for the header, and `newest_notification` for later toasts.

    One query where somebody is logged in.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notifications": 0}
    number, newest = queries.unread_and_newest(user.pk)
    return {
        "unread_notifications": number,
        "newest_notification": newest.isoformat() if newest else "",
    }
